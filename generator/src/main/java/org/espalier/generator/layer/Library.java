package org.espalier.generator.layer;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.activation.FormulaLayers;
import org.espalier.generator.layer.activation.GLU;
import org.espalier.generator.layer.activation.PReLU;
import org.espalier.generator.layer.activation.Softmax;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.convolution.ChannelBiasBackward;
import org.espalier.generator.layer.convolution.Conv2d;
import org.espalier.generator.layer.convolution.ConvTranspose2d;
import org.espalier.generator.layer.dropout.Dropout;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.linear.Bilinear;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.linear.MatMul;
import org.espalier.generator.layer.normalization.BatchNorm;
import org.espalier.generator.layer.normalization.GroupNorm;
import org.espalier.generator.layer.normalization.InstanceNorm2d;
import org.espalier.generator.layer.normalization.LayerNorm;
import org.espalier.generator.layer.normalization.RMSNorm;
import org.espalier.generator.layer.pooling.AdaptiveAvgPool2d;
import org.espalier.generator.layer.pooling.AvgPool2d;
import org.espalier.generator.layer.pooling.MaxPool2d;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Flatten;
import org.espalier.generator.layer.shape.Identity;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Shuffle;
import org.espalier.generator.layer.shape.Slice;
import org.espalier.generator.layer.shape.Spread2d;
import org.espalier.generator.layer.shape.Unflatten;
import org.espalier.generator.layer.similarity.CosineSimilarity;
import org.espalier.generator.layer.similarity.PairwiseDistance;
import org.espalier.generator.loss.LossGradient;
import org.espalier.generator.regularizer.ActivityPenaltyBackward;

/** The standard library: its layers, in the order of the reference, and the operations that they become. */
public final class Library {
    public static final List<LayerDefinition> LAYERS = Stream.of(
                    Stream.of(
                            Conv2d.LAYER,
                            ConvTranspose2d.LAYER,
                            Linear.LAYER,
                            Bilinear.LAYER,
                            BatchNorm.OF_FEATURES,
                            BatchNorm.OF_IMAGES,
                            InstanceNorm2d.LAYER,
                            GroupNorm.LAYER,
                            LayerNorm.LAYER,
                            RMSNorm.LAYER,
                            MaxPool2d.LAYER,
                            AvgPool2d.LAYER,
                            AdaptiveAvgPool2d.LAYER,
                            Flatten.LAYER,
                            Unflatten.LAYER,
                            Dropout.ELEMENTS,
                            Dropout.CHANNELS,
                            Identity.LAYER,
                            Identity.ACTIVITY_REGULARIZATION,
                            Softmax.SOFTMAX,
                            Softmax.LOG_SOFTMAX,
                            Softmax.SOFTMIN,
                            Softmax.SOFTMAX2D,
                            GLU.LAYER,
                            CosineSimilarity.LAYER,
                            PairwiseDistance.LAYER),
                    Shuffle.ALL.stream(),
                    Spread2d.ALL.stream(),
                    Activation.ALL.stream(),
                    FormulaLayers.ALL.stream(),
                    Stream.of(PReLU.LAYER))
            .flatMap(layers -> layers)
            .toList();

    /** How printed operations are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Stream.of(
                    Conv2d.READERS,
                    ConvTranspose2d.READERS,
                    ChannelBiasBackward.READERS,
                    Linear.READERS,
                    MatMul.READERS,
                    BatchNorm.READERS,
                    InstanceNorm2d.READERS,
                    GroupNorm.READERS,
                    MaxPool2d.READERS,
                    AvgPool2d.READERS,
                    Reshape.READERS,
                    Permute.READERS,
                    Slice.READERS,
                    Concat.READERS,
                    Spread2d.READERS,
                    Dropout.READERS,
                    Activation.READERS,
                    Softmax.READERS,
                    Add.READERS,
                    Elementwise.READERS,
                    Reduce.READERS,
                    LossGradient.READERS,
                    ActivityPenaltyBackward.READERS)
            .flatMap(readers -> readers.entrySet().stream())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private Library() {}
}
