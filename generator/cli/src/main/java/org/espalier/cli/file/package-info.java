/** Files of arrays and of weights: arguments that name them in; what is read and written out. */
@NullMarked
package org.espalier.cli.file;

import org.jspecify.annotations.NullMarked;
