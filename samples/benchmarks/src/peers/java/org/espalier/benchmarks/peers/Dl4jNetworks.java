package org.espalier.benchmarks.peers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks that Deeplearning4j writes as lists of layers. */
final class Dl4jNetworks {
    private Dl4jNetworks() {}

    /** Creates the configuration that layers share. Biases and normalization have no penalty unless asked for. */
    static NeuralNetConfiguration.Builder configuration(Recipe recipe) {
        return new NeuralNetConfiguration.Builder()
                .seed(42)
                .activation(Activation.IDENTITY)
                .updater(new Adam(recipe.lr(), recipe.beta1(), 0.999, 1e-8))
                .l1(recipe.l1())
                .l2(recipe.l2() + recipe.weightDecay());
    }

    /** The network of mlp.net. */
    static MultiLayerNetwork mlp(Weights weights) {
        MultiLayerConfiguration layers = configuration(Recipe.MLP)
                .list()
                .layer(dense(30, 64))
                .layer(dense(64, 32))
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(32)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(layers);
        network.init();
        setDense(network.getLayer(0), weights, "first", 30, 64);
        setDense(network.getLayer(1), weights, "second", 64, 32);
        setDense(network.getLayer(2), weights, "last", 32, 1);
        return network;
    }

    /** The network of the digits sample. */
    static MultiLayerNetwork digits(Weights weights) {
        MultiLayerConfiguration layers = configuration(Recipe.DIGITS)
                .list()
                .layer(convolution(1, 16))
                .layer(pooling())
                .layer(convolution(16, 32))
                .layer(pooling())
                .layer(new DenseLayer.Builder()
                        .nIn(32 * 7 * 7)
                        .nOut(128)
                        .activation(Activation.RELU)
                        .dropOut(0.5)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(128)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(layers);
        network.init();
        setConvolution(network.getLayer(0), weights, "conv1", 1, 16);
        setConvolution(network.getLayer(2), weights, "conv2", 16, 32);
        setDense(network.getLayer(4), weights, "hidden", 32 * 7 * 7, 128);
        setDense(network.getLayer(5), weights, "answer", 128, 10);
        return network;
    }

    private static DenseLayer dense(int in, int out) {
        return new DenseLayer.Builder()
                .nIn(in)
                .nOut(out)
                .activation(Activation.RELU)
                .build();
    }

    private static ConvolutionLayer convolution(int in, int out) {
        return new ConvolutionLayer.Builder(5, 5)
                .nIn(in)
                .nOut(out)
                .padding(2, 2)
                .activation(Activation.RELU)
                .build();
    }

    private static SubsamplingLayer pooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    private static void setConvolution(Layer layer, Weights weights, String path, int in, int out) {
        set(layer, "W", weights.of(path + ".weight", out, in, 5, 5), out, in, 5, 5);
        set(layer, "b", weights.of(path + ".bias", out), 1, out);
    }

    /** Deeplearning4j has the weights as [in, out]. */
    private static void setDense(Layer layer, Weights weights, String path, int in, int out) {
        INDArray weight =
                Nd4j.createFromArray(weights.of(path + ".weight", out, in)).reshape(out, in);
        layer.getParam("W").assign(weight.transpose());
        set(layer, "b", weights.of(path + ".bias", out), 1, out);
    }

    /** Gives a layer's parameter its numbers. */
    static void set(Layer layer, String parameter, float[] numbers, long... shape) {
        layer.getParam(parameter).assign(Nd4j.createFromArray(numbers).reshape(shape));
    }
}
