/** Attention: weights of values by how well their keys fit queries. */
@NullMarked
package org.espalier.generator.layer.attention;

import org.jspecify.annotations.NullMarked;
