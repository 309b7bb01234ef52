/** A place in other maps: each gets the coordinates of its own datum, and says which they are. */
import { type LngLat, toBd09, toGcj02 } from "./datum";

export interface MapLink {
  /** Which map: the key of its name in `words.ts`. */
  name: "amap" | "baidu" | "tencent";
  href: string;
}

const degrees = (value: number): string => value.toFixed(6);

export function mapLinks(place: LngLat, title: string): MapLink[] {
  const [lng, lat] = toGcj02(place).map(degrees) as [string, string];
  const [baiduLng, baiduLat] = toBd09(place).map(degrees) as [string, string];
  const name = encodeURIComponent(title);
  return [
    {
      name: "amap",
      href: `https://uri.amap.com/marker?position=${lng},${lat}&name=${name}&coordinate=gaode&callnative=1`,
    },
    {
      name: "baidu",
      href: `https://api.map.baidu.com/marker?location=${baiduLat},${baiduLng}&title=${name}&content=${name}&coord_type=bd09ll&output=html`,
    },
    {
      name: "tencent",
      href: `https://apis.map.qq.com/uri/v1/marker?marker=coord:${lat},${lng};title:${name}`,
    },
  ];
}

/** The same place in each system, to a decimetre: `29.871000, 121.543000` as map apps write it, latitude first. */
export function coordinatesOf(place: LngLat): [system: string, words: string][] {
  const words = ([lng, lat]: LngLat): string => `${degrees(lat)}, ${degrees(lng)}`;
  return [
    ["WGS-84", words(place)],
    ["CGCS2000", words(place)],
    ["GCJ-02", words(toGcj02(place))],
    ["BD-09", words(toBd09(place))],
  ];
}
