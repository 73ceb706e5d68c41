/** What {@code espalier train} and {@code espalier eval} run: settings and data files in; weights and reports out. */
@NullMarked
package org.espalier.training.job;

import org.jspecify.annotations.NullMarked;
