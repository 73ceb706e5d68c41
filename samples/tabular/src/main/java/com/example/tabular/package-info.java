/** Measurements of tumours come in; the few that suffice to tell them apart go out. */
@NullMarked
package com.example.tabular;

import org.jspecify.annotations.NullMarked;
