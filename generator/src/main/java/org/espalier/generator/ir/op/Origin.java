package org.espalier.generator.ir.op;

import org.espalier.generator.source.SourceSpan;

/**
 * The layer that an operation belongs to. Operations of one origin become one method of the generated class.
 *
 * @param layer the layer's path, {@code unet.submodule.downconv}
 * @param word the word of the {@code .net} for it: {@code Conv2d}
 * @param span the statement that named it
 */
public record Origin(String layer, String word, SourceSpan span) {}
