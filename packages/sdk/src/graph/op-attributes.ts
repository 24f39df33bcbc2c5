import type { ElementType } from './graph-value.js';

type None = Readonly<Record<never, never>>;

interface Convolution {
  readonly strides?: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
}

/**
 * The closed table of operators and their attributes: ONNX opset 18, and `com.microsoft` for QuickGelu, Gelu and
 * MultiHeadAttention. Inputs are in the order of the ONNX operator.
 */
export interface OpAttributes {
  readonly Add: None;
  readonly Sub: None;
  readonly Mul: None;
  readonly Div: None;
  readonly Pow: None;
  readonly Min: None;
  readonly Max: None;
  readonly Neg: None;
  readonly Abs: None;
  readonly Sqrt: None;
  readonly Exp: None;
  readonly Sin: None;
  readonly Cos: None;
  readonly Tanh: None;
  readonly Sigmoid: None;
  readonly Relu: None;
  readonly Erf: None;
  readonly Identity: None;
  readonly LeakyRelu: { readonly alpha: number };
  /** X and a slope that broadcasts to it, [c,1,1]: x where it is positive, else slope · x. */
  readonly PRelu: None;
  /** x · sigmoid(alpha · x); alpha 1 is SiLU. */
  readonly QuickGelu: { readonly alpha: number };
  /** Exact: x · Φ(x). */
  readonly Gelu: None;
  readonly Softmax: { readonly axis: number };
  readonly MatMul: None;
  /** A [m,k], B [k,n] or transposed, optional C that broadcasts to [m,n]. */
  readonly Gemm: { readonly transA?: 0 | 1; readonly transB?: 0 | 1; readonly alpha?: number; readonly beta?: number };
  /** X [n,c,h,w], W [o,c/group,kh,kw], optional B [o]. */
  readonly Conv: Convolution;
  /** X [n,c,h,w], W [c,o,kh,kw], optional B [o]: each pixel spreads a kernel; 2·h × 2·w with strides 2, a kernel of 3, pads 1 and output_padding 1. */
  readonly ConvTranspose: Pick<Convolution, 'strides' | 'pads'> & { readonly output_padding?: readonly number[] };
  /** X [n,c,h,w]: the largest value of each window; what a stride leaves over is cut off. */
  readonly MaxPool: Pick<Convolution, 'strides'> & { readonly kernel_shape: readonly number[] };
  /** data, int64 pads: how much before each axis, then behind each. `reflect` mirrors without repeating the edge. */
  readonly Pad: { readonly mode: 'constant' | 'reflect' | 'edge' };
  /** X [n,c,…], scale [c], bias [c]. */
  readonly InstanceNormalization: { readonly epsilon: number };
  /** X [n,c,…] → [n,c,1,…]: the mean of each channel. */
  readonly GlobalAveragePool: None;
  /** X, scale, optional bias; normalises from `axis` on. */
  readonly LayerNormalization: { readonly axis: number; readonly epsilon: number };
  /** data, int64 shape: −1 takes the rest, 0 copies the dimension. */
  readonly Reshape: None;
  readonly Transpose: { readonly perm: readonly number[] };
  readonly Concat: { readonly axis: number };
  /** data, starts, ends, axes, optional steps. */
  readonly Slice: None;
  /** The dimensions from `start` to `end`, as int64. */
  readonly Shape: { readonly start?: number; readonly end?: number };
  /** data, indices. */
  readonly Gather: { readonly axis: number };
  readonly Cast: { readonly to: ElementType };
  /** X, undefined, scales; or X, undefined, undefined, sizes. */
  /** [n,c·b²,h,w] → [n,c,b·h,b·w]; `CRD` takes channels as PyTorch's pixel shuffle does. */
  readonly DepthToSpace: { readonly blocksize: number; readonly mode: 'DCR' | 'CRD' };
  readonly Resize: {
    readonly mode: 'nearest' | 'linear' | 'cubic';
    readonly coordinate_transformation_mode: 'asymmetric' | 'half_pixel' | 'align_corners';
    readonly nearest_mode?: 'floor' | 'round_prefer_floor';
  };
  /** query [n,s,c], key [n,t,c], value [n,t,d] → [n,s,d]; scaled by 1/√(c/num_heads) unless `scale` says otherwise. */
  readonly MultiHeadAttention: { readonly num_heads: number; readonly scale?: number; readonly unidirectional?: 0 | 1 };
}

export type OpName = keyof OpAttributes;
