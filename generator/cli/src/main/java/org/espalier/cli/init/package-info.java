/** New projects: a template and names in; the files of a Maven project that builds, trains and tests out. */
@NullMarked
package org.espalier.cli.init;

import org.jspecify.annotations.NullMarked;
