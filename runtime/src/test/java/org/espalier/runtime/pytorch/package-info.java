/** Reads what PyTorch computed, so that tests can hold this runtime's numbers against it. */
package org.espalier.runtime.pytorch;
