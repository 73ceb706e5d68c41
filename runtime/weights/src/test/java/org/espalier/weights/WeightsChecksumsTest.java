package org.espalier.weights;

import org.espalier.checksum.DependencyChecksums;

/** Jars of this module. */
class WeightsChecksumsTest extends DependencyChecksums {}
