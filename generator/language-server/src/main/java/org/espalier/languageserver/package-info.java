/**
 * The language server: messages of an editor about {@code .net} files in, findings, explanations and edits out. It asks
 * the compiler and knows nothing about the language itself.
 */
@NullMarked
package org.espalier.languageserver;

import org.jspecify.annotations.NullMarked;
