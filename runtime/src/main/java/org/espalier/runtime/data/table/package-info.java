/** Tables: CSV files come in, checked by line and field; arrays of named columns, and batches of rows, go out. */
@NullMarked
package org.espalier.runtime.data.table;

import org.jspecify.annotations.NullMarked;
