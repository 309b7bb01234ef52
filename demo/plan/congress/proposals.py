"""What the public and deputies have proposed for the next year, and what became of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proposed:
    """One proposal. `village` gives the place; `end` is its state, `of` the project or other proposal it went into."""

    title: str
    text: str
    category: str
    village: str
    end: str
    days_ago: int
    answer: str = ""
    of: str = ""
    deputy: bool = False
    picture: str = ""


PROPOSED = (
    Proposed(
        "在葑里建一处社区食堂",
        "村里七十岁以上的有三百多人，子女多在外上班，中午常常随便对付一口。",
        "elderly",
        "葑里",
        "adopted",
        70,
        "与民政部门核实需求后列入候选项目。",
        "葑里社区食堂",
    ),
    Proposed(
        "葑里老年助餐点要能送餐上门",
        "行动不便的老人走不到食堂，希望送餐上门。",
        "elderly",
        "葑里",
        "merged",
        66,
        "与建社区食堂的建议一并办理。",
        "在葑里建一处社区食堂",
    ),
    Proposed(
        "南塘河边空地改成口袋公园",
        "沿河有十来块边角空地，常年堆杂物，夏天蚊子多。",
        "environment",
        "石碶",
        "adopted",
        63,
        "已踏勘，列入候选项目。",
        "南塘河口袋公园群",
        deputy=True,
        picture="street-2.jpg",
    ),
    Proposed(
        "学校门口过街太危险",
        "早晚高峰学生和货车抢道，希望加装信号灯和安全岛。",
        "safety",
        "新庄",
        "adopted",
        58,
        "列入候选项目，先做高桥镇的二十处。",
        "学校周边过街安全提升",
        picture="street-4.jpg",
    ),
    Proposed(
        "给老小区装充电桩",
        "电动自行车没有地方充电，飞线充电很危险，请统一安装。",
        "housing",
        "澄浪",
        "published",
        41,
        "属于可行的普惠项目，正在测算费用。",
    ),
    Proposed(
        "地铁站到村口开通接驳小巴",
        "从地铁口到村里两公里多没有公交，老人孩子出门不便。",
        "transport",
        "布政",
        "published",
        33,
        picture="street-5.jpg",
        deputy=True,
    ),
    Proposed(
        "恢复老街的路灯和排水", "老街一下雨就积水，路灯坏了大半，晚上没人敢走。", "safety", "卖面桥", "published", 25
    ),
    Proposed(
        "建一座室内游泳馆",
        "全镇没有一处室内游泳馆，孩子学游泳要跑到城区。",
        "culture",
        "深溪",
        "declined",
        52,
        "投资和运行费用超出民生实事的范围，已转体育部门纳入场馆布局研究。",
    ),
    Proposed(
        "把高速公路声屏障加高",
        "靠近高速的几幢楼夜里噪声很大，影响休息。",
        "environment",
        "上王",
        "declined",
        47,
        "高速公路不属于区级事权，已转省交通部门并告知办理渠道。",
    ),
    Proposed("村卫生室周末也要开门", "周末看个小病要跑十公里，希望卫生室周末轮流开。", "health", "龙谷", "new", 3),
    Proposed(
        "山区步道缺少厕所和垃圾桶",
        "周末游客很多，沿路没有厕所，垃圾也没人收。",
        "countryside",
        "李家坑",
        "new",
        2,
        picture="street-1.jpg",
    ),
    Proposed(
        "希望图书角晚上开到九点", "下班后图书角已经关门了，请延长开放时间。", "culture", "白云庄", "new", 1, deputy=True
    ),
)
