package org.espalier.training.job;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Coloured pictures in grey, by the weights of ITU-R BT.601 as Pillow has them. */
final class GreyPictures implements Dataset {
    private static final double[] WEIGHTS = {0.299, 0.587, 0.114};

    private final Dataset coloured;

    GreyPictures(Dataset coloured) {
        this.coloured = coloured;
    }

    @Override
    public int size() {
        return coloured.size();
    }

    @Override
    public Batch empty(int count) {
        Batch colours = coloured.empty(1);
        long[] shape = colours.input().shape();
        INDArray grey = Nd4j.create(DataType.FLOAT, count, 1, shape[2], shape[3]);
        return new Batch(grey, coloured.empty(count).target());
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        Batch one = coloured.empty(1);
        coloured.read(example, one, 0);
        INDArray grey = batch.input().get(NDArrayIndex.point(slot), NDArrayIndex.point(0));
        grey.assign(0);
        for (int channel = 0; channel < WEIGHTS.length; channel++) {
            grey.addi(one.input()
                    .get(NDArrayIndex.point(0), NDArrayIndex.point(channel))
                    .mul(WEIGHTS[channel]));
        }
        batch.target().putScalar(slot, one.target().getInt(0));
    }
}
