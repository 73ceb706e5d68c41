package org.espalier.maven;

import org.espalier.checksum.DependencyChecksums;

/** Jars of this module. */
class MavenPluginChecksumsTest extends DependencyChecksums {}
