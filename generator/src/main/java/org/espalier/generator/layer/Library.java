package org.espalier.generator.layer;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.activation.FormulaLayers;
import org.espalier.generator.layer.activation.GLU;
import org.espalier.generator.layer.activation.PReLU;
import org.espalier.generator.layer.activation.RReLU;
import org.espalier.generator.layer.activation.Softmax;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.attention.AttentionWeights;
import org.espalier.generator.layer.attention.MultiheadAttention;
import org.espalier.generator.layer.attention.ScaledDotProduct;
import org.espalier.generator.layer.convolution.ChannelBiasBackward;
import org.espalier.generator.layer.convolution.Convolution;
import org.espalier.generator.layer.convolution.ConvolutionFunction;
import org.espalier.generator.layer.convolution.TransposedConvolution;
import org.espalier.generator.layer.dropout.AlphaDropout;
import org.espalier.generator.layer.dropout.Dropout;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.layer.elementwise.AxisReduction;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.elementwise.Expanding;
import org.espalier.generator.layer.elementwise.Normalizing;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.embedding.Embedding;
import org.espalier.generator.layer.embedding.Gather;
import org.espalier.generator.layer.embedding.Picking;
import org.espalier.generator.layer.embedding.ToFloat;
import org.espalier.generator.layer.linear.Bilinear;
import org.espalier.generator.layer.linear.Einsum;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.linear.LinearFunction;
import org.espalier.generator.layer.linear.MatMul;
import org.espalier.generator.layer.linear.Product;
import org.espalier.generator.layer.normalization.BatchNormalization;
import org.espalier.generator.layer.normalization.GroupNorm;
import org.espalier.generator.layer.normalization.InstanceNorm;
import org.espalier.generator.layer.normalization.LayerNorm;
import org.espalier.generator.layer.normalization.RMSNorm;
import org.espalier.generator.layer.pooling.AdaptiveAvgPool;
import org.espalier.generator.layer.pooling.AdaptiveMaxPool;
import org.espalier.generator.layer.pooling.AvgPool;
import org.espalier.generator.layer.pooling.LPPool;
import org.espalier.generator.layer.pooling.LocalResponseNorm;
import org.espalier.generator.layer.pooling.MaxPool;
import org.espalier.generator.layer.pooling.MaxPoolIndices;
import org.espalier.generator.layer.pooling.MaxUnpool;
import org.espalier.generator.layer.recurrent.Recurrence;
import org.espalier.generator.layer.recurrent.RecurrentLayers;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Detach;
import org.espalier.generator.layer.shape.Flatten;
import org.espalier.generator.layer.shape.Identity;
import org.espalier.generator.layer.shape.Joining;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Permuting;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Reshaping;
import org.espalier.generator.layer.shape.Roll;
import org.espalier.generator.layer.shape.Shuffle;
import org.espalier.generator.layer.shape.Slice;
import org.espalier.generator.layer.shape.Splitting;
import org.espalier.generator.layer.shape.Subscript;
import org.espalier.generator.layer.shape.Unflatten;
import org.espalier.generator.layer.similarity.CosineSimilarity;
import org.espalier.generator.layer.similarity.PairwiseDistance;
import org.espalier.generator.layer.spread.Pad;
import org.espalier.generator.layer.spread.Resize;
import org.espalier.generator.layer.spread.Spreading;
import org.espalier.generator.loss.LossGradient;
import org.espalier.generator.loss.LossSum;
import org.espalier.generator.regularizer.ActivityPenaltyBackward;

/** The standard library: its layers, in the order of the reference, and the operations that they become. */
public final class Library {
    public static final List<LayerDefinition> LAYERS = Stream.of(
                    Stream.of(
                            Convolution.OF_SEQUENCES,
                            Convolution.OF_IMAGES,
                            Convolution.OF_VOLUMES,
                            TransposedConvolution.OF_SEQUENCES,
                            TransposedConvolution.OF_IMAGES,
                            TransposedConvolution.OF_VOLUMES,
                            Linear.LAYER,
                            Bilinear.LAYER,
                            Embedding.LAYER,
                            BatchNormalization.OF_FEATURES,
                            BatchNormalization.OF_IMAGES,
                            BatchNormalization.OF_VOLUMES,
                            InstanceNorm.OF_SEQUENCES,
                            InstanceNorm.OF_IMAGES,
                            InstanceNorm.OF_VOLUMES,
                            GroupNorm.LAYER,
                            LayerNorm.LAYER,
                            RMSNorm.LAYER,
                            LocalResponseNorm.LAYER,
                            MaxPool.OF_SEQUENCES,
                            MaxPool.OF_IMAGES,
                            MaxPool.OF_VOLUMES,
                            MaxUnpool.OF_SEQUENCES,
                            MaxUnpool.OF_IMAGES,
                            MaxUnpool.OF_VOLUMES,
                            AvgPool.OF_SEQUENCES,
                            AvgPool.OF_IMAGES,
                            AvgPool.OF_VOLUMES,
                            LPPool.OF_SEQUENCES,
                            LPPool.OF_IMAGES,
                            LPPool.OF_VOLUMES,
                            AdaptiveMaxPool.OF_SEQUENCES,
                            AdaptiveMaxPool.OF_IMAGES,
                            AdaptiveMaxPool.OF_VOLUMES,
                            AdaptiveAvgPool.OF_SEQUENCES,
                            AdaptiveAvgPool.OF_IMAGES,
                            AdaptiveAvgPool.OF_VOLUMES,
                            Flatten.LAYER,
                            Unflatten.LAYER,
                            Dropout.ELEMENTS,
                            Dropout.OF_SEQUENCES,
                            Dropout.OF_IMAGES,
                            Dropout.OF_VOLUMES,
                            AlphaDropout.ELEMENTS,
                            AlphaDropout.CHANNELS,
                            Identity.LAYER,
                            Identity.ACTIVITY_REGULARIZATION,
                            Softmax.SOFTMAX,
                            Softmax.LOG_SOFTMAX,
                            Softmax.SOFTMIN,
                            Softmax.SOFTMAX2D,
                            GLU.LAYER,
                            CosineSimilarity.LAYER,
                            PairwiseDistance.LAYER,
                            MultiheadAttention.LAYER),
                    Shuffle.ALL.stream(),
                    AdaptiveAvgPool.UPSAMPLING.stream(),
                    Spreading.ALL.stream(),
                    Activation.ALL.stream(),
                    FormulaLayers.ALL.stream(),
                    RecurrentLayers.ALL.stream(),
                    Stream.of(PReLU.LAYER, RReLU.LAYER))
            .flatMap(layers -> layers)
            .toList();

    /** Functions of tensors, under PyTorch's names. */
    public static final List<Builtin> FUNCTIONS = Stream.of(
                    ElementwiseFunctions.ALL,
                    AxisReduction.ALL,
                    ConvolutionFunction.ALL,
                    List.of(
                            Einsum.EINSUM,
                            Normalizing.NORMALIZE,
                            Expanding.EXPAND,
                            Detach.DETACH,
                            Roll.ROLL,
                            Pad.PAD,
                            ScaledDotProduct.ATTENTION,
                            LinearFunction.LINEAR,
                            Embedding.EMBEDDING),
                    Picking.ALL,
                    MaxUnpool.FUNCTIONS,
                    Reshaping.ALL,
                    Permuting.ALL,
                    Subscript.ALL,
                    Joining.ALL,
                    Splitting.ALL,
                    Product.ALL)
            .flatMap(List::stream)
            .toList();

    /** Readers of all printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Stream.of(
                    Convolution.READERS,
                    TransposedConvolution.READERS,
                    ChannelBiasBackward.READERS,
                    Linear.READERS,
                    MatMul.READERS,
                    Embedding.READERS,
                    Gather.READERS,
                    ToFloat.READERS,
                    Recurrence.READERS,
                    BatchNormalization.READERS,
                    InstanceNorm.READERS,
                    GroupNorm.READERS,
                    MaxPool.READERS,
                    MaxPoolIndices.READERS,
                    MaxUnpool.READERS,
                    AvgPool.READERS,
                    Reshape.READERS,
                    Permute.READERS,
                    Slice.READERS,
                    AdaptiveMaxPool.READERS,
                    AdaptiveAvgPool.READERS,
                    Concat.READERS,
                    AttentionWeights.READERS,
                    Detach.READERS,
                    Spreading.READERS,
                    Resize.READERS,
                    Dropout.READERS,
                    AlphaDropout.READERS,
                    RReLU.READERS,
                    Activation.READERS,
                    Softmax.READERS,
                    Add.READERS,
                    Elementwise.READERS,
                    Reduce.READERS,
                    LossGradient.READERS,
                    LossSum.READERS,
                    ActivityPenaltyBackward.READERS)
            .flatMap(readers -> readers.entrySet().stream())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private Library() {}
}
