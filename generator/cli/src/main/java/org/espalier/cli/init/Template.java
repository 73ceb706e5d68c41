package org.espalier.cli.init;

import java.util.Locale;

/** A kind of project to begin with. */
public enum Template {
    /** Pictures in, one of several classes out. */
    CLASSIFIER(
            "Tells pictures of circles, squares and triangles apart, by convolutions.",
            "shapes.net",
            "ShapeClassifier",
            "Shapes"),
    /** Pictures in, pictures out. */
    IMAGE_TO_IMAGE("Takes the noise out of pictures, by a small U-Net.", "denoiser.net", "Denoiser", "Pictures"),
    /** Sequences in, a number out. */
    SEQUENCE(
            "Forecasts the next reading of a sensor by the last ones, by a recurrent network.",
            "forecaster.net",
            "Forecaster",
            "Readings"),
    /** Rows of a table in, a number out. */
    TABULAR(
            "Estimates prices by the columns of a table, and finds out which of them matter.",
            "prices.net",
            "Prices",
            "Houses");

    private final String summary;
    private final String specification;
    private final String network;
    private final String data;

    Template(String summary, String specification, String network, String data) {
        this.summary = summary;
        this.specification = specification;
        this.network = network;
        this.data = data;
    }

    /** Its name on the command line, {@code image-to-image}, which is also that of its folder of files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Says in a sentence what the project does. */
    public String summary() {
        return summary;
    }

    /** Name of its specification, {@code shapes.net}. */
    String specification() {
        return specification;
    }

    /** Name of the network in it. */
    String network() {
        return network;
    }

    /** Name of the class that makes its data. */
    String data() {
        return data;
    }

    /** {@code image-to-image}. */
    @Override
    public String toString() {
        return label();
    }
}
