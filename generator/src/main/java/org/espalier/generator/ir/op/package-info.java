/** Operations, and what they work on: values, their shapes, signatures, effects and kernel calls. */
@NullMarked
package org.espalier.generator.ir.op;

import org.jspecify.annotations.NullMarked;
