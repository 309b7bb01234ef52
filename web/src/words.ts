/** What the scripts themselves say, in the page's language. Everything else is said by the server. */

const ZH = {
  "map.counts": "图上 {shown} / {total} {what}",
  "map.failed": "有几块地图没有取到。",
  "map.retry": "重试",
  "map.noStyle": "地图没有取到，请检查网络。",
  "map.pickDone": "位置已填好",
  "map.locating": "正在定位…",
  "map.noLocation": "没有取到您的位置。请在浏览器里允许定位，或在地图上点选。",
  "map.here": "您在这里",
  "map.features": "地图上的{what}",
  "map.range": "管理范围：水边以外 {metres} 米",
  "map.tooMany": "符合条件的太多，图上只显示最差的 {most} 个。",
  "cluster.title": "{count} 个点位",
  "cluster.hint": "最差{label}，{worst} 个；点击放大",
  "time.now": "现在",
  "time.month": "{month}：评价 {rated} 个点位，劣Ⅴ类 {inferior} 个",
  "time.note": "评价 {rated} · 劣Ⅴ类 {inferior}",
  "time.play": "逐月播放",
  "time.pause": "暂停",
  "raster.noData": "无数据",
  "list.follow": "随地图移动",
  "nav.loaded": "已打开：{title}",
  "nav.offline": "没有连上服务器。请检查网络后重试。",
  "chart.empty": "这项指标还没有足够的监测数据。",
  "chart.failed": "趋势图没有取到。",
  "chart.parameter": "指标",
  "chart.belowLimit": "未检出（低于检出限）",
  "chart.target": "目标",
  "chart.source": "共 {count} 次监测",
  "chart.table": "看数据表",
  "report.tooBig":
    "照片“{name}”有 {size} MB，超过 {limit} MB。请换一张，或在手机相册里缩小后再传。",
  "report.notPhoto": "“{name}”不是照片。请选 JPEG、PNG 或 WebP。",
  "report.draft": "已恢复上次没有提交的内容。",
  "report.discard": "清除草稿",
  "report.sending": "正在提交 {percent}%",
  "report.useLocation": "用我的位置",
  "report.pick": "在地图上选",
  "report.offline": "没有提交成功：网络断了。内容已存为草稿，联网后再提交。",
  "patrol.begin": "开始记录",
  "patrol.pause": "暂停记录",
  "patrol.idle": "还没有开始记录轨迹。",
  "patrol.waiting": "正在等定位…",
  "patrol.running": "正在记录：{sent} 个点已送达，{waiting} 个待发送，精度约 {accuracy} 米。",
  "patrol.paused": "已暂停：{sent} 个点已送达，{waiting} 个待发送。",
  "patrol.offline": "没有信号：{waiting} 个点先存在手机里，联网后自动发送。",
  "patrol.noLocation": "取不到位置。请在浏览器里允许定位。",
  "patrol.refused": "服务器没有收下这批轨迹点：{reason}",
  "patrol.full": "手机里存不下更多轨迹点了，请联网发送。",
  "patrol.unsent":
    "还有 {waiting} 个点没有送达。请等联网发送完再结束；再点一次“结束巡查”就放弃它们。",
  "import.tooBig": "共 {size}，超过 {limit} 的上限。请拆分或压缩后再上传。",
  "import.noShp": "“{name}”只是 Shapefile 的一部分，请把 .shp 和其他部分一起选上。",
  "import.lacks": "缺少 {parts}",
  "import.sending": "正在上传 {percent}%，约剩 {seconds} 秒",
  "import.failed": "没有上传成功，请重试。",
  "import.offline": "没有上传成功：网络断了。联网后再试，文件不用重新选。",
  "import.stopped": "已停止上传。",
  "grid.changed": "改了 {cells} 格，{rows} 行，还没有保存",
  "layers.loaded": "加载的图层",
  "layers.open": "打开图层说明",
  "things.monitoring_points": "个点位",
  "things.projects": "件项目",
  "things.stations": "个联络站",
  "things.findings": "条发现",
  "things.outfalls": "个排污口",
  "things.other": "个要素",
} as const;

export type WordKey = keyof typeof ZH;

const EN: Record<WordKey, string> = {
  "map.counts": "{shown} of {total} {what} on the map",
  "map.failed": "Some map tiles could not be loaded.",
  "map.retry": "Try again",
  "map.noStyle": "The map could not be loaded. Check your connection.",
  "map.pickDone": "Location filled in",
  "map.locating": "Finding your location…",
  "map.noLocation":
    "Your location is not available. Allow it in the browser, or pick it on the map.",
  "map.here": "You are here",
  "map.features": "{what} on the map",
  "map.range": "Management range: {metres} m from the water",
  "map.tooMany": "Too many match: the map shows the {most} worst.",
  "cluster.title": "{count} points",
  "cluster.hint": "worst {label}, {worst} of them; click to zoom in",
  "time.now": "Now",
  "time.month": "{month}: {rated} points rated, {inferior} inferior V",
  "time.note": "{rated} rated · {inferior} inferior V",
  "time.play": "Play month by month",
  "time.pause": "Pause",
  "raster.noData": "no data",
  "list.follow": "Follow the map",
  "nav.loaded": "Opened: {title}",
  "nav.offline": "The server could not be reached. Check your connection and try again.",
  "chart.empty": "There is not enough data for this parameter yet.",
  "chart.failed": "The chart could not be loaded.",
  "chart.parameter": "Parameter",
  "chart.belowLimit": "Not detected (below the detection limit)",
  "chart.target": "Target",
  "chart.source": "{count} samples",
  "chart.table": "Show the data table",
  "report.tooBig":
    "The photo “{name}” has {size} MB, more than {limit} MB. Choose another one or reduce it first.",
  "report.notPhoto": "“{name}” is not a photo. Choose a JPEG, PNG or WebP.",
  "report.draft": "What you had not sent yet has been restored.",
  "report.discard": "Discard the draft",
  "report.sending": "Sending {percent}%",
  "report.useLocation": "Use my location",
  "report.pick": "Pick on the map",
  "report.offline":
    "Not sent: no connection. It is kept as a draft; send it when you are back online.",
  "patrol.begin": "Start recording",
  "patrol.pause": "Pause recording",
  "patrol.idle": "The track is not being recorded yet.",
  "patrol.waiting": "Waiting for a position…",
  "patrol.running":
    "Recording: {sent} positions sent, {waiting} waiting, accurate to about {accuracy} m.",
  "patrol.paused": "Paused: {sent} positions sent, {waiting} waiting.",
  "patrol.offline":
    "No signal: {waiting} positions are kept on the phone and sent when you are online.",
  "patrol.noLocation": "No position. Allow location in the browser.",
  "patrol.refused": "The server did not take these positions: {reason}",
  "patrol.full": "The phone cannot keep more positions. Go online to send them.",
  "patrol.unsent":
    "{waiting} positions are not sent yet. Wait until they are; press “End patrol” again to drop them.",
  "import.tooBig": "{size} in all, over the limit of {limit}. Split or compress before uploading.",
  "import.noShp":
    "“{name}” is only a part of a shapefile. Choose the .shp and the other parts with it.",
  "import.lacks": "lacks {parts}",
  "import.sending": "Uploading {percent}%, about {seconds} s left",
  "import.failed": "The upload failed. Please try again.",
  "import.offline":
    "The upload failed: no connection. Try again when you are online; the files stay chosen.",
  "import.stopped": "Upload stopped.",
  "grid.changed": "{cells} cells in {rows} rows changed, not saved yet",
  "layers.loaded": "Loaded layers",
  "layers.open": "About this layer",
  "things.monitoring_points": "points",
  "things.projects": "projects",
  "things.stations": "stations",
  "things.findings": "findings",
  "things.outfalls": "outfalls",
  "things.other": "features",
};

/** Say `key` in the page's language with `{name}` filled in. */
export function say(key: WordKey, values: Record<string, string | number> = {}): string {
  const english = typeof document !== "undefined" && document.documentElement.lang.startsWith("en");
  const text = english ? EN[key] : ZH[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The counting word of a tileset's features. */
export function things(tileset: string): string {
  const key = `things.${tileset}`;
  return key in ZH ? say(key as WordKey) : say("things.other");
}
