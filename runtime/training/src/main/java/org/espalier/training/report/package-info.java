/**
 * Training reports: steps and epochs of a run in; one page that holds all of it, and event files of TensorBoard, out.
 */
@NullMarked
package org.espalier.training.report;

import org.jspecify.annotations.NullMarked;
