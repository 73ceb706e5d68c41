/** Messages of an editor in, answers of the language server out. */
@NullMarked
package org.espalier.cli.editor;

import org.jspecify.annotations.NullMarked;
