package org.espalier.onnx;

import org.espalier.checksum.DependencyChecksums;

/** Jars of this module. */
class OnnxChecksumsTest extends DependencyChecksums {}
