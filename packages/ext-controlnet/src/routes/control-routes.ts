import type { CatalogueApi, ImagesApi, RouteContribution } from '@armature/sdk';
import { listedName } from '../files/listed-name.js';
import type { ControlModule } from '../modules/control-module.js';
import type { ModuleShelf } from '../modules/module-shelf.js';
import { detect } from './detect.js';
import { modelsFor, preferredModel } from './models-for.js';
import { moduleDetails } from './module-details.js';
import { renderPoses } from './render-poses.js';

interface RouteParts {
  readonly catalogue: CatalogueApi;
  readonly images: ImagesApi;
  readonly modules: ModuleShelf;
}

/** Control types in the order of the original: All, then by name. */
const typesOf = (modules: readonly ControlModule[]): readonly string[] => ['All', ...new Set(modules.flatMap(({ tags }) => tags).sort())];

/** The routes of the original's API, `/controlnet/…`. */
export function controlRoutes(parts: RouteParts): readonly RouteContribution[] {
  const models = async (fresh: boolean): Promise<readonly string[]> => {
    if (fresh) await parts.catalogue.refresh('controlnet');
    return Promise.all((await parts.catalogue.list('controlnet')).map((entry) => listedName(parts.catalogue, entry)));
  };
  const query = (request: Request, name: string): string | null => new URL(request.url).searchParams.get(name);
  return [
    { name: 'GET /controlnet/version', handle: () => Response.json({ version: 3 }) },
    { name: 'GET /controlnet/settings', handle: () => Response.json({ control_net_unit_count: 3 }) },
    {
      name: 'GET /controlnet/model_list',
      handle: async (request) => Response.json({ model_list: await models(query(request, 'update') !== 'false') }),
    },
    {
      name: 'GET /controlnet/module_list',
      handle: (request) => Response.json(moduleDetails(parts.modules.list(), query(request, 'alias_names') === 'true')),
    },
    {
      name: 'GET /controlnet/control_types',
      handle: async () => Response.json({ control_types: Object.fromEntries(typeEntries(parts.modules.list(), await models(false))) }),
    },
    { name: 'POST /controlnet/render_openpose_json', handle: (request) => renderPoses(request, parts.images) },
    { name: 'POST /controlnet/detect', handle: (request) => detect(request, parts.images, parts.modules) },
  ];
}

function typeEntries(all: readonly ControlModule[], models: readonly string[]) {
  return typesOf(all).map((type) => {
    const modules = all
      .filter(({ name, tags }) => type === 'All' || name === 'none' || tags.includes(type))
      .map(({ name, label = name }) => label);
    const some = modelsFor(type, models);
    const [option, model] = type === 'All' ? [] : [modules[1], preferredModel(some)];
    const choice = { module_list: modules, model_list: some, default_option: option ?? 'none', default_model: model ?? 'None' };
    return [type, choice] as const;
  });
}
