/**
 * Generated sources in, files of a folder out. Files are written whole and only if their bytes differ, and those of
 * networks that are gone are deleted; nothing else in the compiler and its tools writes generated files.
 */
@NullMarked
package org.espalier.generator.output;

import org.jspecify.annotations.NullMarked;
