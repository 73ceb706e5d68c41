/**
 * The processes of {@code espalier train} and {@code espalier eval}: settings and data files in; weights and reports
 * out.
 */
@NullMarked
package org.espalier.training.job;

import org.jspecify.annotations.NullMarked;
