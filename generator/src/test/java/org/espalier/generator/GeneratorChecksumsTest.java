package org.espalier.generator;

import org.espalier.checksum.DependencyChecksums;

/** Jars of this module. */
class GeneratorChecksumsTest extends DependencyChecksums {}
