/** Text as an editor has it in, tokens, trees and names of its files out. */
@NullMarked
package org.espalier.languageserver.document;

import org.jspecify.annotations.NullMarked;
