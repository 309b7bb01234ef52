"""What to do about a refusal, for the import page; `docs/import-codes.md` says the same for scripts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADVICE: dict[str, Promise] = {
    "zip-corrupt": _("压缩包已损坏。请对方重新压缩后再发一次。"),
    "zip-encrypted": _("压缩包有密码。请去掉密码重新压缩。"),
    "zip-too-large": _("解压后太大。请拆成几个文件分别导入。"),
    "zip-too-many": _("压缩包里文件太多。请只压缩要导入的数据。"),
    "zip-slip": _("压缩包里有指向外面的路径。请解压检查后重新压缩。"),
    "zip-link": _("压缩包里有链接文件。请解压检查后重新压缩。"),
    "source-empty": _("文件是空的，可能没有传完整。请重新获取。"),
    "source-unreadable": _("文件已损坏，或者内容与扩展名不符。请对方重新导出。"),
    "no-layer": _("里面没有可以导入的数据。请转换成 Shapefile（zip）、GeoPackage 或 GeoJSON。"),
    "no-geometry": _("这是一张普通表格。请补上坐标列（经度、纬度）或 WKT 列。"),
    "csv-no-coordinates": _("不必改文件：可以在下面指明坐标列，或者从区划、已有图层取图形。"),
    "no-rows": _("图层里没有要素。请确认导出时没有漏选。"),
    "no-valid-rows": _("没有一行可以导入，多半是坐标系不对。请换一个坐标系重新检查。"),
    "shp-unreadable": _("不是真正的 .shp 文件。请对方把原始文件发来。"),
    "shapefile-parts-missing": _("Shapefile 不完整。请把 .shp、.shx、.dbf、.prj 一起选上，或压缩成 zip。"),
    "geometry-unsupported": _("三维表面不能转为平面图形。请在原软件里转换后再导出。"),
    "geometry-type-changed": _("几何类型与现有图层不同。请改为替换，或另建图层。"),
    "field-type-changed": _("字段类型与现有图层不同。请在字段表里改成原来的类型，或改为替换。"),
    "layer-busy": _("另一个导入正在更新这个图层。稍等片刻再重新检查。"),
    "layer-changed": _("预览之后图层又有了新版本。请重新检查，再看一次差异。"),
    "layer-exists": _("换一个标识，或改为替换、追加、按主键更新。"),
    "key-not-unique": _("主键有重复。请换一个字段，或改为按主键更新。"),
    "layer-kind-changed": _("矢量和栅格不能互相替换。请另建一个图层。"),
    "memory-limit": _("数据太大，一次装不下。请拆成几个文件，或请管理员放宽上限。"),
    "time-limit": _("用时超过了上限。请拆成几个文件，或请管理员放宽上限。"),
    "worker-crashed": _("处理这个文件的进程意外停止。可以重新检查一次；还不行请把文件转换成 GeoPackage 再试。"),
    "worker-lost": _("后台服务中断过。可以重新检查一次。"),
    "upload-expired": _("上传的文件已经清理。请重新上传。"),
    "internal-error": _("不是您的文件的问题。可以重新检查一次；还不行请联系管理员。"),
}


ANSWERED_BY = {
    "pair-order": "axis", "crs-contradiction": "crs", "crs-unknown": "crs", "crs-unreadable": "crs", "crs-local": "crs",
    "datum-contradiction": "datum", "encoding-unknown": "encoding", "transformation-unknown": "transformation",
    "key-not-found": "key", "key-required": "key", "geometry-invalid": "invalid",
    "layer-exists": "slug", "layer-missing": "slug", "slug-invalid": "slug", "slug-reserved": "slug",
}  # fmt: skip
"""The field of the preview's form that answers a question."""


def advice_for(code: str) -> Promise | str:
    return ADVICE.get(code, "")
