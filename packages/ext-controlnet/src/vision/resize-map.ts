import { dilate, erode, otsu, ridges } from './morphology.js';
import { channelsOf, type Pixels } from './pixels.js';
import { resize } from './resize.js';
import { thin } from './thin.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * To another size without harm to what a map means: few colours stay as they are, lines of one pixel stay lines of one
 * pixel (`high_quality_resize`). A fourth channel is a mask.
 */
export function resizeMap(map: Pixels, size: Size): Pixels {
  const picture = map.channels === 4 ? channelsOf(map, [0, 1, 2]) : map;
  if (map.width === size.width && map.height === size.height) return map.channels === 4 ? joined(picture, channelsOf(map, [3])) : map;
  const smaller = size.width * size.height < map.width * map.height;
  const colours = countColours(picture);
  const kind = colours === 2 ? binaryKind(picture) : undefined;
  const how = colours > 2 && colours < 200 ? 'nearest' : smaller ? 'area' : 'cubic';
  const plain = resize(picture, size, how);
  const done = kind ? sharpened(plain, kind, size.width * size.height > map.width * map.height) : plain;
  return map.channels === 4 ? joined(done, resize(channelsOf(map, [3]), size, how)) : done;
}

function joined(picture: Pixels, mask: Pixels): Pixels {
  const data = new Uint8Array(picture.width * picture.height * 4);
  for (let at = 0; at < mask.data.length; at++) {
    for (let c = 0; c < 3; c++) data[at * 4 + c] = picture.data[at * 3 + c]!;
    data[at * 4 + 3] = mask.data[at]! > 127 ? 255 : 0;
  }
  return { ...picture, data, channels: 4 };
}

function countColours({ data, channels }: Pixels): number {
  const seen = new Set<number>();
  for (let at = 0; at < data.length && seen.size < 200; at += channels) {
    let colour = 0;
    for (let c = 0; c < channels; c++) colour = colour * 256 + data[at + c]!;
    seen.add(colour);
  }
  return seen.size;
}

/** Two colours that are black and white: lines of one pixel, or areas. */
function binaryKind(picture: Pixels): 'lines' | 'areas' | undefined {
  const { data } = picture;
  if (!(data.some((value) => value > 240) && data.some((value) => value < 16))) return undefined;
  const opened = dilate(erode(picture)).data;
  let [lost, bright] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    if (opened[at]! < data[at]!) lost++;
    if (data[at]! > 127) bright++;
  }
  return lost * 2 > bright ? 'lines' : 'areas';
}

function sharpened(picture: Pixels, kind: 'lines' | 'areas', bigger: boolean): Pixels {
  const { width, height, channels, data } = picture;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[at * channels + c]!;
    grey[at] = Math.fround(sum / channels);
  }
  const flat: Pixels = { data: grey, width, height, channels: 1 };
  const clear = kind === 'lines' ? thin(otsu(ridges(flat)), bigger) : otsu(flat);
  return channelsOf(clear, [0, 0, 0]);
}
