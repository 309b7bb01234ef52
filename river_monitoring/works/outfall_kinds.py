"""Which second-level type of HJ 1312-2023 belongs to which first-level one.

The table is that of HJ 1312-2023 (入河入海排污口监督管理技术指南 排污口分类); its third level (mines, tailing ponds)
is not kept.
"""

from river_monitoring.works.models import Outfall, OutfallKind

_Sub = Outfall.Subkind
SUBKINDS: dict[OutfallKind, tuple[Outfall.Subkind, ...]] = {
    OutfallKind.INDUSTRIAL: (_Sub.FACTORY, _Sub.FACTORY_STORM, _Sub.PARK, _Sub.PARK_STORM),
    OutfallKind.MUNICIPAL: (_Sub.TOWN_PLANT,),
    OutfallKind.FARMING: (_Sub.LARGE_LIVESTOCK, _Sub.LARGE_AQUACULTURE),
    OutfallKind.OTHER: (
        _Sub.IRRIGATION,
        _Sub.HARBOUR,
        _Sub.SMALL_LIVESTOCK,
        _Sub.SMALL_AQUACULTURE,
        _Sub.TOWN_SCATTERED,
        _Sub.VILLAGE_PLANT,
        _Sub.VILLAGE_SCATTERED,
        _Sub.TOWN_STORM,
        _Sub.REST,
    ),
}
FIRST_LEVEL: dict[str, OutfallKind] = {sub.value: kind for kind, subs in SUBKINDS.items() for sub in subs}
