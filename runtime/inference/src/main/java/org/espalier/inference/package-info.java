/**
 * The runtime of inference classes: kernels on float arrays, and weights read from safetensors. It needs the JDK and
 * nothing else; generated classes call {@link org.espalier.inference.InferenceKernels} and extend
 * {@link org.espalier.inference.Inference}. The runtime on ND4J shares its curves, and is not known here.
 */
@NullMarked
package org.espalier.inference;

import org.jspecify.annotations.NullMarked;
