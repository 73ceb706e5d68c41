/**
 * Turns declarations into graphs and findings: evaluates each network, lays its layers out over shapes, and resolves
 * its clauses to parameters.
 */
@NullMarked
package org.espalier.generator.elaborate;

import org.jspecify.annotations.NullMarked;
