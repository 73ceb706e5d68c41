/** A syntax tree in, every name of it and what it stands for out. */
@NullMarked
package org.espalier.languageserver.names;

import org.jspecify.annotations.NullMarked;
