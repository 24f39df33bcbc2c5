/** One row of the error table. */
export interface ErrorCode {
  /** Fills `{name}` from the error's data. Names the thing, the value seen and the next step. */
  readonly message: string;
  /** HTTP status a server answers with. */
  readonly status: number;
  /** Exit status of the command line. */
  readonly exit: number;
}

const usage = (message: string, status = 422): ErrorCode => ({ message, status, exit: 2 });
const notFound = (message: string): ErrorCode => ({ message, status: 404, exit: 3 });
const badFile = (message: string): ErrorCode => ({ message, status: 422, exit: 4 });
const runtime = (message: string, status = 500): ErrorCode => ({ message, status, exit: 5 });
const extension = (message: string, status = 422): ErrorCode => ({ message, status, exit: 6 });
const output = (message: string): ErrorCode => ({ message, status: 500, exit: 7 });

/** Every code the host knows. `docs/errors.md` has one row for each; a test keeps both equal. */
export const errorCodes = {
  REQUEST_INVALID: usage('{field}: {problem} (seen: {seen}).'),
  SIZE_INVALID: usage('{field} {seen} is not a picture size: give {minimum} to {maximum} pixels.'),
  SAMPLER_UNKNOWN: notFound('There is no sampler "{name}". Known: {known}.'),
  SAMPLER_FAILED: runtime('The sampler "{name}" failed: {problem}. Choose another sampler.'),
  SCHEDULER_UNKNOWN: notFound('There is no scheduler "{name}". Known: {known}.'),
  SCRIPT_UNKNOWN: notFound('There is no script "{name}" for {tab}. Known: {known}.'),
  SCRIPT_INVALID: usage('{script}: {argument} {problem} (seen: {seen}).'),
  UPSCALER_UNKNOWN: notFound('There is no upscaler "{name}". Known: {known}.'),
  PREPROCESSOR_UNKNOWN: notFound('There is no preprocessor "{name}". {meant}All are listed by armature preprocess --list.'),
  PREPROCESSOR_FILE: notFound('The preprocessor {name} needs a network, and {file} is not in {folder}. Put the file there.'),
  PREPROCESSOR_UNFIT: badFile('{path} is not used by the preprocessor {name}: {problem}. Put another file in its place.'),
  RESTORER_UNKNOWN: notFound(
    'There is no face restorer "{name}". Known: {known}. Add an extension that brings it, or set its visibility to 0.',
  ),
  SETTING_UNKNOWN: usage('There is no setting "{name}". {meant}All are listed in docs/settings.md.'),
  MODEL_NOT_FOUND: notFound(
    'There is no {kind} "{name}" in {folder}. Known: {known}. Put the file there, or name another models folder (--models).',
  ),
  MODEL_NONE: notFound('No checkpoint was found in {folder}. Put a .safetensors file there, or name another models folder (--models).'),
  CKPT_NOT_FOUND: notFound('The file {path} does not exist. Check the path.'),
  CKPT_UNREADABLE: badFile('{path} cannot be read: {problem}. Check that it is a file, and one that you may read.'),
  CKPT_EMPTY: badFile('{path} is empty (0 bytes): download it again.'),
  CKPT_NOT_SAFETENSORS: badFile('{path} is not a safetensors file: {problem}. Download it again, or take another file.'),
  CKPT_CHANGED: badFile('{path} changed while it was read: it had {before} bytes, now {bytes}. Wait until it is complete, then try again.'),
  CKPT_TRUNCATED: badFile('{path} ends early: tensor {key} needs bytes up to {needed}, the file has {bytes}. Download it again.'),
  CKPT_HEADER: badFile('{path} has a broken header: {problem}. Download it again, or take another file.'),
  CKPT_FAMILY_UNKNOWN: badFile(
    '{path} is not a checkpoint this host knows: {problem}. Take another, or add an extension that knows its family.',
  ),
  CKPT_KEY_MISSING: badFile('{path} lacks the tensor {key}, which {module} needs. Take a complete file.'),
  CKPT_SHAPE_MISMATCH: badFile('{key} in {path} has shape [{found}], expected [{expected}]. Take a file of the right family.'),
  CKPT_DTYPE: badFile('{key} in {path} has dtype {dtype}, which cannot be used here. Take a float16 or float32 version of the file.'),
  VAE_UNFIT: badFile('{path} cannot be the VAE of {model}: {problem}. Choose another with the setting sd_vae, or None.'),
  MERGE_UNFIT: badFile('{path} cannot be merged: {key}, {problem}. Choose another model.'),
  EMBEDDING_UNFIT: badFile('{path} is not used as an embedding: {problem}. Take one made for this checkpoint, or remove the file.'),
  HYPERNET_UNFIT: badFile('{path} is not used as a hypernetwork: {problem}. Take one made for this checkpoint, or remove the file.'),
  UPSCALER_UNFIT: badFile('{path} is not used as an upscaler: {problem}. Take a file of ESRGAN, Real-ESRGAN or SwinIR, or remove it.'),
  LORA_UNFIT: badFile('{path} is not used as a LoRA, or only in part: {problem}. Take another copy, or one made for this checkpoint.'),
  MODEL_KIND: badFile('{path} is no file of kind {kind}: {problem}. Move it to the folder of its kind, or remove it.'),
  CKPT_NOT_FINITE: badFile('{path} holds values that are no numbers: {problem}. Download it again, or take another file.'),
  CONTROL_MODEL_UNKNOWN: badFile(
    '{path} is no control model known here (ControlNet, T2I-Adapter, control-LoRA); it begins with {seen}. Choose another file of the folder ControlNet.',
  ),
  CONTROL_ENCODER_UNKNOWN: badFile(
    '{path} is no image encoder known here (CLIP vision of transformers or OpenCLIP); it begins with {seen}. Put another file in the folder clip_vision.',
  ),
  CONTROL_UNFIT: usage('ControlNet unit {unit} was left out: {problem}.'),
  CONTROL_UNITS: usage(
    'A request has at most {most} ControlNet units; of {seen} those behind the first {most} were left out. Send fewer, or more requests.',
  ),
  CONTROL_NAN: runtime(
    'ControlNet unit {unit}: {path} gave values that are no numbers. The file is broken or was made for another kind of checkpoint; choose another model.',
  ),
  CKPT_INPUTS: badFile(
    '{path} has a UNet with {found} input channels; known are {expected} (plain, instruct-pix2pix, inpainting). Choose another with --model.',
  ),
  CKPT_FOLDER: badFile('{path} cannot be used as a diffusers folder: {problem}. Download it whole, or take the single file of the model.'),
  CKPT_PICKLE: badFile('{path} cannot be read as a PyTorch file: {problem}. Nothing in it was run. Take a .safetensors version of it.'),
  CKPT_CONFIG: badFile('{path}: {problem}. Correct the file, or remove it.'),
  ONNX_ILLEGAL: badFile('{path} is not an ONNX model that can run here: {problem}.'),
  GRAPH_ILLEGAL: runtime(
    'The graph of {network} is illegal at {node} ({key}): {problem}. Turn extensions that change networks off to see whether one of them does it.',
    422,
  ),
  GRAPH_NAN: runtime(
    '{network} produced values that are not numbers. The weights may be broken: {model}. Try another checkpoint or VAE, or a lower CFG scale.',
    422,
  ),
  RUNTIME_START: runtime('The runtime process could not start: {problem}.'),
  RUNTIME_DIED: runtime('The runtime process ended while it worked on {work} ({how}). The next job starts a new one.'),
  RUNTIME_STUCK: runtime('The runtime process did not answer within {milliseconds} ms and was stopped. The next job starts a new one.'),
  RUNTIME_REFUSED: runtime('ONNX Runtime refused {work}: {problem}.'),
  RUNTIME_MEMORY: runtime(
    '{work} needs about {needed} MiB, the budget is {budget} MiB. Make the picture smaller, close other models or raise --memory.',
    507,
  ),
  HANDLE_STALE: runtime('A kept tensor belongs to runtime life {epoch}, now it is {now}. Compute it again.'),
  DEVICE_UNKNOWN: usage('There is no device "{name}". Known: {known}.'),
  PROMPT_INVALID: usage('The prompt cannot be read: {problem}.'),
  STYLES_INVALID: usage('The styles file {path} cannot be read: {problem}. Correct it, or remove it.'),
  TOKENIZER_MISSING: runtime('The CLIP vocabulary could not be loaded: {problem}. Install the packages again.'),
  JOB_CANCELLED: runtime('The job was cancelled.', 499),
  JOB_ENDED: runtime('The job {job} has ended, so its {thing} is gone. Ask for it while a hook of the job runs.', 409),
  JOB_REJECTED: extension('{extension} turned the job away: {reason}.', 403),
  JOB_FAULTED: extension('{count} extension fault(s) in a strict job, first: {first} Without strict the picture is made without them.'),
  JOB_NESTED: extension(
    'A hook asked for a picture inside {depth} pictures, {limit} may stand inside each other. Turn the extension off in the requests it makes: extensions: { id: { enabled: false } }.',
  ),
  HOST_DISPOSED: runtime('The host was disposed; create a new one.'),
  CLI_USAGE: usage('{problem} See armature --help.'),
  CONFIG_INVALID: usage('{path}: {problem}.'),
  OUTPUT_UNWRITABLE: output(
    '{path} cannot be written: {problem}. Choose another folder: --out for pictures, ARMATURE_DATA for application data.',
  ),
  IMAGE_INVALID: badFile('The picture {name} cannot be read: {problem}. Check the file, or give another.'),
  IMAGE_TOO_LARGE: usage('{field} has {seen} megapixels, at most {limit} are taken. Send a smaller picture, or raise pixelLimit.', 413),
  IMAGE_URL_OFF: usage('{field}: this server fetches no pictures (seen: {seen}). Send the picture in base64, or serve with --image-urls.'),
  IMAGE_URL_REFUSED: usage('{field}: {seen} does not lead to the public web. Send the picture in base64.'),
  IMAGE_URL_FAILED: usage('{field}: no picture came from {seen}: {problem}. Check the address, or send the picture in base64.'),
  IMAGE_NO_PARAMETERS: badFile(
    '{name} holds no generation parameters: it was saved without them, or a program has removed them. Give the file as it was made.',
  ),
  FOLDER_EXISTS: output('{path} exists already and stays as it is. Choose another name, or remove it first.'),
  PATH_ESCAPES: usage('{path} leaves its folder {folder}. Give a path below it.'),
  DOWNLOAD_REFUSED: usage('{url} is not downloaded: {problem}.'),
  DOWNLOAD_FAILED: runtime('{url} could not be downloaded: {problem}. What has come is kept; give the command again to go on.', 502),
  DOWNLOAD_HASH: badFile(
    '{url} is another file than was asked for: its SHA-256 is {found}, not {expected}. It was removed; check the address and the hash.',
  ),
  EXT_NOT_FOUND: notFound('There is no extension "{id}". Known: {known}.'),
  EXT_MANIFEST: extension('{path}: {problem}.'),
  EXT_REQUIRES: extension('{extension} requires {missing}, which is not here. Add that first: armature add <its package>.'),
  EXT_AGREEMENT: usage('{extension} was not added, because nobody agreed to it. Look at it with --dry-run, then agree with --yes.'),
  EXT_NOT_ADDED: notFound('{id} was not added by armature add. Added: {known}. What lies in {folder} by itself is removed by hand.'),
  EXT_LOCK: extension('{package} is not what {path} was written for: {problem}. Add it again by its name, or restore the lockfile.'),
  PACKAGE_SOURCE: usage('"{seen}" is no package: {problem}. Give an npm name (name, name@1.2.0), a folder (./name) or a .tgz file.'),
  PACKAGE_NOT_FOUND: notFound('The registry has no {package}: {problem}. Check the name and the version, or give a folder or a .tgz file.'),
  PACKAGE_UNREACHABLE: runtime(
    'The registry could not be asked for {package}: {problem}. Check the connection, or give a folder or a .tgz file.',
    502,
  ),
  PACKAGE_FAILED: extension('npm could not prepare {package}: {problem}. Run with ARMATURE_DEBUG=1 to see all it said.'),
  EXT_ENGINE_MISMATCH: extension('{extension} asks for engine {wanted}, this is {found}. Install a matching version.'),
  EXT_API_MISMATCH: extension(
    '{extension} is written for extension API {wanted}, this host has {found}. Write "api": {found} in its package.json and follow the changes of the API.',
  ),
  EXT_DUPLICATE_ID: extension('{extension} exists twice: {first} and {second}. Remove one.'),
  EXT_DUPLICATE_CONTRIBUTION: extension(
    '{kind} "{name}" is contributed by {first} and by {second}. Remove one of them, or rename its contribution.',
  ),
  EXT_CYCLE: extension('Extensions wait for each other: {path}. Take one "requires", "after" or "before" out.'),
  EXT_BLOCKED: extension('{extension} requires {by}, which is {state}.'),
  EXT_IMPORT: extension('{extension} could not be loaded: {problem}.'),
  EXT_OPTIONS: extension('{extension}: option {field}: {problem}. Correct it in the configuration.'),
  EXT_SCHEMA: extension('{extension}: {field} has no JSON form: {problem}. Use a field.* or a zod type that has one.'),
  EXT_SETUP_THREW: extension('{extension} failed in setup: {problem}.'),
  EXT_SEALED: extension('{extension} tapped {hook} after setup had ended. Tap while setup runs.'),
  EXT_TAP_OPTION: extension('{extension} tapped {hook} wrongly: {problem}.'),
  EXT_TAP_THREW: extension('{extension} failed in {hook}: {problem}.'),
  EXT_TAP_RETURNED: extension('{extension} returned {seen} from {hook}, expected {expected} or nothing.'),
  EXT_TAP_HUNG: extension('{extension} did not return from {hook} within {milliseconds} ms. Let it take less, or raise hookTimeout.'),
  EXT_CONTRIBUTION_THREW: extension('The {kind} "{name}" of {extension} failed: {problem}.', 500),
  EXT_DISPOSE_THREW: extension('{extension} failed in dispose: {problem}.'),
  EXT_TRIPPED: extension('{extension} failed in {count} jobs in a row and is off until reload.'),
  EXT_CONSENT: extension('{path} {problem}. Run: armature extensions allow {id}'),
  EXT_PROVIDER: extension('{extension} asks for {token} of {provider}, which {problem}.'),
  EXT_DEPRECATED: extension('{extension} uses {thing} ({place}), which is deprecated since {since}: {instead}.'),
  EXT_LEAK: extension('{extension} left {what} running after it was disposed. Stop it in onDispose().'),
  EXT_CAPABILITY: extension(
    '{extension} uses {uses}, and does not declare {missing}. Add {list} to "capabilities" in its manifest (a script: the line // capabilities: {missing}).',
  ),
  EXT_NO_BUNDLER: extension('{path} is TypeScript and this host has no bundler. Build it to JavaScript first.'),
  EXT_NO_FOLDER: extension(
    '{extension} asks for its file {name}, and has no folder of its own here. Make it a package, or give `folder` beside its definition.',
  ),
  BUILD_TARGET: usage('A product cannot be built for "{target}": {problem}. Known: {known}.'),
  BUILD_EXTENSION: extension('{extension} cannot be part of a product: {problem}.'),
  BUILD_FAILED: extension('The product could not be bundled: {problem}.'),
  BUILD_CHECK: extension('The product in {path} was built and does not work: {problem}. Start it by hand to see more.'),
  SERVER_BUSY: usage('{waiting} jobs wait already, and no more than {limit} may. Ask again in a few seconds.', 429),
  OPTIONS_UNREADABLE: {
    message: '{path} cannot be read as options: {problem}. It stays as it is: correct it, or move it away.',
    status: 500,
    exit: 4,
  },
  SERVER_ADDRESS: usage('The server cannot listen on {address}: {problem}. Give another address (--host) or port (--port).', 500),
  SERVER_CLOSING: runtime('The server is stopping and takes no more jobs. Send it again once it is back.', 503),
  JOB_UNKNOWN: notFound('There is no job "{id}": it never was, or its time to be kept is over. Known jobs: GET /armature/v1/jobs.'),
  JOB_UNFINISHED: usage('The job {id} is {status}, so it has no result{more}.', 409),
  JOB_KEY_TAKEN: usage('The idempotency key "{key}" belongs to job {id}, which asks for something else. Give another key.', 409),
  JOB_ATTEMPTS: runtime(
    'The job ended its process {attempts} times ({problem}) and is not tried again. Ask for less, or for another model.',
  ),
  JOBS_FULL: usage('{waiting} jobs wait, which is as many as may. Send it again in {seconds} seconds, or raise waitingJobs.', 429),
  JOBS_LOCKED: usage(
    'The folder {folder} is in use by another server ({holder}). Stop that one, or give this one another data folder.',
    500,
  ),
  JOBS_UNWRITABLE: { message: 'Jobs cannot be written to {path}: {problem}. Make room there, then send it again.', status: 507, exit: 7 },
  TOKEN_MISSING: extension(
    '{extension} asks for {token}, which nobody provides. Add the extension that offers it, and name it in "requires".',
  ),
  INTERNAL: { message: '{problem}', status: 500, exit: 1 },
} as const satisfies Record<string, ErrorCode>;

export type ErrorName = keyof typeof errorCodes;
