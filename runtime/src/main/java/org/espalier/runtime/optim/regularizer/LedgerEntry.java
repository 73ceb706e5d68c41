package org.espalier.runtime.optim.regularizer;

import java.io.Serializable;

/**
 * One line of the ledger: what a term of a regularizer adds to the loss.
 *
 * @param group the regularizer's name
 * @param term the term's name, {@code l1}; see {@link Regularizer#names}
 * @param value the penalty, summed over every trained parameter and every activity of the group
 */
public record LedgerEntry(String group, String term, double value) implements Serializable {
    /** Returns its name in columns and reports: {@code elastic:l1}. */
    public String name() {
        return group + ":" + term;
    }
}
