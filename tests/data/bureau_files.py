"""Small files as bureaus send them, for tests of readers."""

HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=40\n[地块坐标]\n"
PARCEL = (
    "8,0.5,DK1,地块一,面,,建设,0701,@\nJ1,1,3306000,40649000\nJ2,1,3306100,40649000\nJ3,1,3306100,40649100\n"
    "J4,1,3306000,40649100\nJ1,1,3306000,40649000\nJ5,2,3306020,40649020\nJ6,2,3306040,40649020\n"
    "J7,2,3306040,40649040\nJ5,2,3306020,40649020\n"
)
MIF = (
    'Version 300\nCharset "Neutral"\nDelimiter ","\nCoordSys Earth Projection 1, 0\nColumns 2\n  编号 Char(8)\n'
    "  名称 Char(20)\nData\n\nPoint 121.3 29.8\n"
)
ESRI = {
    "geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4490},
    "fields": [{"name": "name", "type": "esriFieldTypeString"}],
    "features": [{"attributes": {"name": "西塘河"}, "geometry": {"x": 121.3, "y": 29.8}}],
}  # fmt: skip
TOPOLOGY = {
    "type": "Topology", "arcs": [],
    "objects": {"点": {"type": "GeometryCollection", "geometries": [
        {"type": "Point", "coordinates": [121.3, 29.8], "properties": {"name": "西塘河"}}]}},
}  # fmt: skip
SEQUENCE = '{"type":"Feature","properties":{"name":"西塘河"},"geometry":{"type":"Point","coordinates":[121.3,29.8]}}\n'
PLACEMARK = "<Placemark><name>井</name><Point><coordinates>121.3,29.8</coordinates></Point></Placemark>"
