/** What a picture file says beside its pixels. */
export interface PictureInfo {
  /** Pixels, as the picture is shown (EXIF orientation applied). */
  readonly width: number;
  readonly height: number;
  /** The parameters text: PNG text `parameters`, EXIF UserComment, or what a NovelAI picture says. Undefined: it has none. */
  readonly parameters: string | undefined;
  /** Its other texts by keyword. */
  readonly items: Readonly<Record<string, string>>;
}
