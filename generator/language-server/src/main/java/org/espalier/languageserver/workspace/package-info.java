/** Files as editors and disks have them in, findings and facts of their networks out. */
@NullMarked
package org.espalier.languageserver.workspace;

import org.jspecify.annotations.NullMarked;
