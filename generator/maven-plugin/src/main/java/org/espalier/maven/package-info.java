/**
 * The Maven plugin: a build's parameters in; generated sources in a folder, and every finding in the log, out.
 *
 * <p>The Mojos translate parameters into an immutable {@link org.espalier.maven.GenerationRequest};
 * {@link org.espalier.maven.Generation} does the work; {@link org.espalier.generator.output.OutputFolder} alone writes.
 */
@NullMarked
package org.espalier.maven;

import org.jspecify.annotations.NullMarked;
