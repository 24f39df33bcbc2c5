import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { GenerationResult, Host, RequestInput, RunOptions } from '@armature/core';
import { defineExtension, type GridLayout, type Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';

/** A host whose pictures land in a fresh folder, with an extension that hears of every file and may change what it is told. */
export class SavingDesk {
  readonly request = { prompt: 'a red circle, blue', seed: 5, steps: 1, width: 64, height: 64 };
  readonly saved: string[] = [];
  arrange: ((layout: GridLayout, images: readonly Raster[]) => GridLayout) | undefined;
  rename: ((path: string) => string) | undefined;
  onSaved: (() => void) | undefined;
  readonly host: Host;
  readonly #out: string;

  private constructor(host: Host, out: string) {
    this.host = host;
    this.#out = out;
  }

  static async open(): Promise<SavingDesk> {
    let desk: SavingDesk | undefined;
    const witness = defineExtension({
      setup({ hooks }) {
        hooks.image.grid.tap((layout, { images }) => desk?.arrange?.(layout, images));
        hooks.image.saving.tap((save) => desk?.rename && { ...save, path: desk.rename(save.path) });
        hooks.image.saved.tap(({ path }, { kind, index }) => {
          desk?.saved.push(`${kind} ${index} ${basename(path)}`);
          desk?.onSaved?.();
        });
      },
    });
    const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.witness', engines: { armature: '*' } } };
    const host = await createTestHost({ extensions: [{ manifest, definition: witness }] });
    desk = new SavingDesk(host, mkdtempSync(join(tmpdir(), 'armature-saving-')));
    return desk;
  }

  make(settings: object = {}, more: Partial<RequestInput> = {}, options: RunOptions = {}): Promise<GenerationResult> {
    const request: RequestInput = { ...this.request, ...more, settings: { ...settings } };
    const { init } = request;
    const out = { out: this.#out, ...options };
    return init ? this.host.img2img({ ...request, init }, out) : this.host.txt2img(request, out);
  }

  /** Files below the output folder. */
  files(): readonly string[] {
    return readdirSync(this.#out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.#out, join(entry.parentPath, entry.name)))
      .sort();
  }

  path(file: string | undefined): string {
    return join(this.#out, file ?? '');
  }

  /** Empties the folder and forgets. */
  clear(): void {
    for (const name of readdirSync(this.#out)) rmSync(join(this.#out, name), { recursive: true });
    this.arrange = undefined;
    this.rename = undefined;
    this.onSaved = undefined;
    this.saved.length = 0;
  }

  async close(): Promise<void> {
    await this.host.dispose();
    rmSync(this.#out, { recursive: true });
  }
}

/** As folders are named. */
export const today = (): string => new Date().toLocaleDateString('sv-SE');
