package org.espalier.benchmarks.peers;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The U-Net of unet.net as a graph of Deeplearning4j. */
final class Dl4jUnet {
    private static final int CHANNELS = 3;

    private final GraphBuilder graph;
    private final int ngf;
    private final boolean dropout;

    private Dl4jUnet(GraphBuilder graph, int ngf, boolean dropout) {
        this.graph = graph;
        this.ngf = ngf;
        this.dropout = dropout;
    }

    /** A network with weights. */
    static ComputationGraph of(Weights weights, int levels, int ngf, boolean dropout) {
        GraphBuilder graph = Dl4jNetworks.configuration(Recipe.UNET)
                .graphBuilder()
                .addInputs("drawing")
                .setOutputs("colours");
        new Dl4jUnet(graph, ngf, dropout).build(levels);
        ComputationGraph network = new ComputationGraph(graph.build());
        network.init();
        fill(network, weights, levels, ngf);
        return network;
    }

    private void build(int levels) {
        down("unet", CHANNELS, ngf, "drawing");
        level("unet.submodule", levels - 1, ngf, "unet.downconv");
        graph.addLayer("unet.uprelu", new ActivationLayer(Activation.RELU), "unet.submodule");
        graph.addLayer("unet.upconv", deconvolution(2 * ngf, CHANNELS, true), "unet.uprelu");
        graph.addLayer(
                "colours",
                new CnnLossLayer.Builder(LossFunction.MEAN_ABSOLUTE_ERROR)
                        .activation(Activation.TANH)
                        .build(),
                "unet.upconv");
    }

    private void level(String path, int levels, int outer, String input) {
        int inner = Math.min(2 * outer, 8 * ngf);
        graph.addLayer(path + ".downrelu", new ActivationLayer(new ActivationLReLU(0.2)), input);
        down(path, outer, inner, path + ".downrelu");
        String below = path + ".downconv";
        if (levels > 1) {
            graph.addLayer(path + ".downnorm", norm(inner), below);
            below = path + ".submodule";
            level(below, levels - 1, inner, path + ".downnorm");
        }
        graph.addLayer(path + ".uprelu", new ActivationLayer(Activation.RELU), below);
        graph.addLayer(path + ".upconv", deconvolution(levels > 1 ? 2 * inner : inner, outer, false), path + ".uprelu");
        graph.addLayer(path + ".upnorm", norm(outer), path + ".upconv");
        String up = path + ".upnorm";
        if (dropout && levels > 1 && outer == 8 * ngf) {
            graph.addLayer(path + ".dropout", new DropoutLayer(0.5), up);
            up = path + ".dropout";
        }
        graph.addVertex(path, new MergeVertex(), path + ".downrelu", up);
    }

    private void down(String path, int in, int out, String input) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(4, 4)
                .nIn(in)
                .nOut(out)
                .stride(2, 2)
                .padding(1, 1)
                .hasBias(false)
                .build();
        graph.addLayer(path + ".downconv", layer, input);
    }

    private static Deconvolution2D deconvolution(int in, int out, boolean bias) {
        return new Deconvolution2D.Builder(4, 4)
                .nIn(in)
                .nOut(out)
                .stride(2, 2)
                .padding(1, 1)
                .hasBias(bias)
                .build();
    }

    private static BatchNormalization norm(int channels) {
        return new BatchNormalization.Builder().nIn(channels).nOut(channels).build();
    }

    private static void fill(ComputationGraph network, Weights weights, int levels, int ngf) {
        String path = "unet";
        int outer = CHANNELS;
        int inner = ngf;
        for (int level = levels; level >= 1; level--) {
            set(network, path + ".downconv", "W", weights, ".weight", inner, outer, 4, 4);
            set(network, path + ".upconv", "W", weights, ".weight", level > 1 ? 2L * inner : inner, outer, 4, 4);
            if (level == levels) {
                set(network, path + ".upconv", "b", weights, ".bias", outer);
            } else {
                setNorm(network, path + ".upnorm", weights, outer);
            }
            if (level < levels && level > 1) {
                setNorm(network, path + ".downnorm", weights, inner);
            }
            path = path + ".submodule";
            outer = inner;
            inner = Math.min(2 * outer, 8 * ngf);
        }
    }

    private static void setNorm(ComputationGraph network, String path, Weights weights, int channels) {
        set(network, path, "gamma", weights, ".weight", channels);
        set(network, path, "beta", weights, ".bias", channels);
    }

    private static void set(
            ComputationGraph network, String path, String parameter, Weights weights, String suffix, long... shape) {
        long[] theirs = shape.length == 1 ? new long[] {1, shape[0]} : shape;
        Dl4jNetworks.set(network.getLayer(path), parameter, weights.of(path + suffix, shape), theirs);
    }
}
