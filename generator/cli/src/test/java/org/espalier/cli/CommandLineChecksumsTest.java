package org.espalier.cli;

import org.espalier.checksum.DependencyChecksums;

/** Jars of this module. */
class CommandLineChecksumsTest extends DependencyChecksums {}
