package org.espalier.generator.elaborate.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Advice for words that PyTorch has and Espalier has not. Each line of a table has words, a colon, and what to write
 * instead; a line without advice says only that the word is missing. A layer that is added loses its line here, which a
 * test holds.
 */
public final class PytorchWords {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");

    /** Prefixes, before a dot, under which PyTorch keeps layers and functions. */
    private static final Set<String> NAMESPACES = Set.of(
            "F",
            "functional",
            "init",
            "nn",
            "nn.functional",
            "nn.init",
            "optim",
            "torch",
            "torch.nn",
            "torch.nn.functional",
            "torch.nn.init",
            "torch.optim");

    /** Classes that Espalier has nothing like, or nothing exactly like. */
    private static final Map<String, String> MISSING = table("""
            FractionalMaxPool2d FractionalMaxPool3d: write AdaptiveMaxPool2d with the size that is wanted
            CrossMapLRN2d: write LocalResponseNorm(size)
            Fold Unfold:
            EmbeddingBag: write Embedding(num_embeddings, embedding_dim)
            RNNBase RNNCellBase: write RNN, LSTM or GRU, or their cells
            AdaptiveLogSoftmaxWithLoss: write Linear and CrossEntropyLoss()
            ASGD LBFGS: write SGD or Adam
            Adafactor SparseAdam: write Adam
            """);

    /** Classes whose part something else plays. */
    private static final Map<String, String> INSTEAD = table("""
            Container ModuleList ParameterList: write a list, [first, second]
            ModuleDict ParameterDict: bind each layer to a name of its own
            Module: write network Name { … }, or block Name(…) { … }
            Parameter: layers hold the parameters: write Linear, Conv2d, …
            DataParallel: leave it out: a network uses all cores by itself
            SyncBatchNorm: write BatchNorm2d
            NLLLoss2d: write NLLLoss()
            LazyBatchNorm1d: write BatchNorm1d(num_features)
            LazyBatchNorm2d: write BatchNorm2d(num_features)
            LazyConv2d: write Conv2d(in_channels, out_channels, kernel_size)
            LazyConvTranspose2d: write ConvTranspose2d(in_channels, out_channels, kernel_size)
            LazyInstanceNorm2d: write InstanceNorm2d(num_features)
            LazyLinear: write Linear(in_features, out_features)
            LazyBatchNorm3d: write BatchNorm3d(num_features)
            LazyConv1d: write Conv1d(in_channels, out_channels, kernel_size)
            LazyConv3d: write Conv3d(in_channels, out_channels, kernel_size)
            LazyConvTranspose1d: write ConvTranspose1d(in_channels, out_channels, kernel_size)
            LazyConvTranspose3d: write ConvTranspose3d(in_channels, out_channels, kernel_size)
            LazyInstanceNorm1d: write InstanceNorm1d(num_features)
            LazyInstanceNorm3d: write InstanceNorm3d(num_features)
            self: leave it out: a name bound in the body stands alone, conv = Conv2d(…) and conv(x)
            super: leave it out: there is nothing to call first
            lambda: write i -> …
            torch nn F: leave it out: layers need no module before them
            """);

    /** Functions with the layer that does the same; it may be one that is missing. */
    private static final Map<String, String> LAYERS_OF_FUNCTIONS = table("""
            adaptive_avg_pool1d: AdaptiveAvgPool1d
            adaptive_avg_pool2d: AdaptiveAvgPool2d
            adaptive_avg_pool3d: AdaptiveAvgPool3d
            adaptive_max_pool1d: AdaptiveMaxPool1d
            adaptive_max_pool2d: AdaptiveMaxPool2d
            adaptive_max_pool3d: AdaptiveMaxPool3d
            alpha_dropout: AlphaDropout
            avg_pool1d: AvgPool1d
            avg_pool2d: AvgPool2d
            avg_pool3d: AvgPool3d
            batch_norm: BatchNorm2d
            bilinear: Bilinear
            binary_cross_entropy: BCELoss
            binary_cross_entropy_with_logits: BCEWithLogitsLoss
            celu celu_: CELU
            channel_shuffle native_channel_shuffle: ChannelShuffle
            conv1d: Conv1d
            conv2d: Conv2d
            conv3d: Conv3d
            conv_transpose1d: ConvTranspose1d
            conv_transpose2d: ConvTranspose2d
            conv_transpose3d: ConvTranspose3d
            cosine_embedding_loss: CosineEmbeddingLoss
            cosine_similarity: CosineSimilarity
            cross_entropy: CrossEntropyLoss
            ctc_loss: CTCLoss
            dropout: Dropout
            dropout1d: Dropout1d
            dropout2d: Dropout2d
            dropout3d: Dropout3d
            elu elu_: ELU
            embedding: Embedding
            embedding_bag: EmbeddingBag
            feature_alpha_dropout: FeatureAlphaDropout
            flatten: Flatten
            fold: Fold
            fractional_max_pool2d: FractionalMaxPool2d
            fractional_max_pool3d: FractionalMaxPool3d
            gaussian_nll_loss: GaussianNLLLoss
            gelu: GELU
            glu: GLU
            group_norm: GroupNorm
            hardshrink: Hardshrink
            hardsigmoid: Hardsigmoid
            hardswish: Hardswish
            hardtanh hardtanh_: Hardtanh
            hinge_embedding_loss: HingeEmbeddingLoss
            huber_loss: HuberLoss
            instance_norm: InstanceNorm2d
            interpolate upsample upsample_nearest: Upsample
            kl_div: KLDivLoss
            l1_loss: L1Loss
            layer_norm: LayerNorm
            leaky_relu leaky_relu_: LeakyReLU
            linear: Linear
            linear_cross_entropy: LinearCrossEntropyLoss
            local_response_norm: LocalResponseNorm
            log_softmax: LogSoftmax
            logsigmoid: LogSigmoid
            lp_pool1d: LPPool1d
            lp_pool2d: LPPool2d
            lp_pool3d: LPPool3d
            margin_ranking_loss: MarginRankingLoss
            max_pool1d: MaxPool1d
            max_pool2d: MaxPool2d
            max_pool3d: MaxPool3d
            max_unpool1d: MaxUnpool1d
            max_unpool2d: MaxUnpool2d
            max_unpool3d: MaxUnpool3d
            mish: Mish
            mse_loss: MSELoss
            multi_head_attention_forward scaled_dot_product_attention: MultiheadAttention
            multi_margin_loss: MultiMarginLoss
            multilabel_margin_loss: MultiLabelMarginLoss
            multilabel_soft_margin_loss: MultiLabelSoftMarginLoss
            nll_loss: NLLLoss
            pad: ZeroPad2d
            pairwise_distance pdist: PairwiseDistance
            pixel_shuffle: PixelShuffle
            pixel_unshuffle: PixelUnshuffle
            poisson_nll_loss: PoissonNLLLoss
            prelu: PReLU
            relu relu_: ReLU
            relu6: ReLU6
            rms_norm: RMSNorm
            rrelu rrelu_: RReLU
            selu selu_: SELU
            sigmoid sigmoid_: Sigmoid
            silu: SiLU
            smooth_l1_loss: SmoothL1Loss
            soft_margin_loss: SoftMarginLoss
            softmax: Softmax
            softmin: Softmin
            softplus: Softplus
            softshrink: Softshrink
            softsign: Softsign
            tanh tanh_: Tanh
            tanhshrink: Tanhshrink
            threshold threshold_: Threshold
            triplet_margin_loss: TripletMarginLoss
            triplet_margin_with_distance_loss: TripletMarginWithDistanceLoss
            unflatten: Unflatten
            unfold: Unfold
            upsample_bilinear: UpsamplingBilinear2d
            """);

    /** Functions and methods of tensors that are no layers. */
    private static final Map<String, String> FUNCTIONS = table("""
            hstack: write cat([x, y], dim=1)
            add_: write x + y
            vstack dstack:
            ravel: write flatten(x, 1), which makes [batch, features]
            swapaxes swapdims: write transpose(x, dim0, dim1)
            movedim moveaxis: write permute(x, 0, …) or transpose(x, -2, -1)
            expand_as: write expand(x, batch, …)
            tile repeat_interleave: write cat([x, x], dim=1), or index_select(x, dim, places) with a buffer
            argmax argmin topk sort median:
            cumsum: write x @ upper with buffer upper: float[8, 8] = triu()
            sub_ subtract: write x - y
            mul_ multiply: write x * y
            div_ divide true_divide: write x / y
            mm addmm baddbmm: write x @ y; a product with weights is Linear(…)(x)
            clip clamp_: write clamp(x, min, max)
            flip: write x[:, order] with buffer order: int[8] = i -> 7 - i
            register_buffer: write buffer name: float[size] = …
            one_hot grid_sample affine_grid gumbel_softmax:
            rand randn zeros_like ones_like rand_like randn_like tensor full: \
            declare it as an input, or as a buffer
            shape size dim ndim numel: sizes are known when compiling: write the number, and batch for that of axis 0
            no_grad requires_grad requires_grad_: write 'freeze name' for layers that shall not learn
            contiguous clone: leave it out
            cpu cuda to: leave it out: the backend on the class path decides where the network runs
            float: leave it out, or write inf for infinity
            double half bfloat16 type: leave it out, or write 'precision float64' in the network
            backward step zero_grad train eval: that is the Java program's part: the generated class trains and predicts
            item numpy tolist: that is the Java program's part
            forward: write the call alone, name(x)
            append extend insert: lists add: [first] + [second]
            """);

    /**
     * Arguments by callee, or of every callee by their names alone; where PyTorch's default is known it stands after =.
     */
    private static final Map<String, String> ARGUMENTS = table("""
            device=None: the backend on the class path decides where the network runs
            requires_grad=True: write 'freeze name' for layers that shall not learn
            out=None: give the result a name: y = …
            layout=torch.strided: leave it out: every tensor is dense
            generator=None: leave it out: the seed that create takes is that of all random numbers
            training=True train=True: leave it out: the network's mode decides, net.train() or net.eval()
            dtype=None out_dtype=None: write 'precision float64' in the network for doubles
            LinearCrossEntropyLoss.options: leave it out: it changes no number
            size_average=None reduce=None: write reduction='mean' or 'sum'
            Linear.weight: write linear(x, embed.weight, bias), which is given its weight
            Embedding.weight: write embedding(token, weight), which is given its weight
            Conv1d.weight: write conv1d(x, weight, bias), which is given its weight
            Conv2d.weight: write conv2d(x, weight, bias), which is given its weight
            Conv3d.weight: write conv3d(x, weight, bias), which is given its weight
            params=None: leave it out: an optimizer updates every parameter that is not frozen
            foreach=None fused=None capturable=False differentiable=False: the update is fused anyway
            recompute_scale_factor=None: write size=… for the size that it would compute
            RNN.proj_size=0 GRU.proj_size=0: LSTM alone has projections
            enable_nested_tensor=True mask_check=True: leave it out: it concerns speed alone
            decoupled_weight_decay=False: write AdamW
            concat.dim=1 concat.axis=1: concat joins along axis 1; write cat([x, y], dim=…)
            concat.tensors add.input add.other: write one tensor after the other: add(x, y), concat(x, y)
            concatenate.axis stack.axis cat.axis: write dim
            add.alpha=1: write x + alpha * y
            sub.alpha=1: write x - alpha * y
            div.rounding_mode=None: write floor(x / y) or trunc(x / y)
            div.value mul.value: write other
            bmm.mat2 bmm.batch2 matmul.tensor2 where.y: write other
            max.dim max.keepdim=False: write amax(x, dim); it has no indices
            min.dim min.keepdim=False: write amin(x, dim); it has no indices
            round.decimals=0: write round(100 * x) / 100
            logit.eps=None: write logit(clamp(x, eps, 1 - eps))
            norm.ord=None: write p
            expand.size: write one size after the other: expand(x, batch, 4, 8)
            permute.dims permute.dim: write one axis after the other: permute(x, 0, 2, 1)
            reshape.shape view.shape: write one size after the other: reshape(x, batch, 4, 8)
            narrow.dimension: write dim
            split.split_size: write split_size_or_sections
            unflatten.sizes: write unflattened_size
            adaptive_max_pool1d.inputs: write input
            sparse_grad=False sparse=False: leave it out: every gradient is dense
            embedding.max_norm=None: write Embedding(…, weight_regularizer=max_norm(3))
            embedding.norm_type=2.0: leave it out with max_norm
            scale_grad_by_freq=False: leave it out: every use of a row counts alike
            antialias=False: write an AvgPool2d before it
            normal.tensor uniform.tensor trunc_normal.tensor constant.tensor zeros.tensor ones.tensor eye.tensor: \
            leave it out: what is declared before it is filled
            dirac.tensor orthogonal_.tensor xavier_uniform.tensor xavier_normal.tensor kaiming_uniform.tensor: \
            leave it out: what is declared before it is filled
            kaiming_normal.tensor: \
            leave it out: what is declared before it is filled
            tril.input triu.input: write x * mask with buffer mask: float[8, 8] = tril()
            arange.end linspace.steps: leave it out: the buffer's size tells how many there are
            constant.value: write val
            orthogonal.gain=1.0: write orthogonal_, which is the initializer
            Hardtanh.min_value=None hardtanh.min_value=None: write min_val
            Hardtanh.max_value=None hardtanh.max_value=None: write max_val
            LeakyReLU.alpha=0.01: write negative_slope
            BatchNorm1d.bias=True BatchNorm2d.bias=True InstanceNorm2d.bias=True GroupNorm.bias=True: \
            write affine=false, which leaves out weight and bias
            activation=None: put the layer behind it: [Linear(4, 2), ReLU()]
            use_bias=True: write bias
            input_shape=None: write the shape at the input: input x: float[batch, 4]
            kernel_initializer=None bias_initializer=None: write 'initialize weights of name by normal(0, 0.02)'
            kernel_regularizer=None: write weight_regularizer
            """);

    /** Arguments of which Espalier has the default alone, with what to write instead of another value. */
    private static final Map<String, String> VALUES = table("""
            ConvTranspose1d.padding_mode ConvTranspose2d.padding_mode ConvTranspose3d.padding_mode: \
            PyTorch takes zeros alone, too
            max_norm: write weight_regularizer=max_norm(3), which bounds every row
            scale_grad_by_freq: every use of a row counts alike
            sparse: every gradient is dense
            """);

    /** Arguments that PyTorch has a default for, or another meaning without. */
    private static final Map<String, String> REQUIRED = table("""
            max.other: write amax(x, dim) for the largest element
            min.other: write amin(x, dim) for the smallest element
            cat.dim concatenate.dim stack.dim chunk.dim split.dim unbind.dim: write dim=1: PyTorch's default, 0, is the batch
            """);

    /** Methods of tensors whose names mean something else here. */
    private static final Map<String, String> METHODS = table("""
            repeat: write cat([x, x], dim=1)
            normal uniform constant zeros ones eye: declare a buffer: buffer name: float[8] = zeros()
            arange linspace tril triu: declare a buffer: buffer name: float[8, 8] = tril()
            """);

    /** Operators between a tensor and what is none. */
    private static final Map<String, String> OPERATORS = Map.of(
            "%", "tensors have + - * / ** and @",
            "@", "both sides must be tensors: x @ y");

    private PytorchWords() {}

    private static Map<String, String> table(String lines) {
        Map<String, String> table = new LinkedHashMap<>();
        for (String line : lines.lines().toList()) {
            int colon = line.indexOf(':');
            String advice = line.substring(colon + 1).strip();
            for (String word : line.substring(0, colon).split(" ", -1)) {
                table.put(word, advice);
            }
        }
        return table;
    }

    /** Advice for a class: {@code Conv1d}. */
    public static Optional<String> ofClass(String name) {
        return advice(MISSING, name).or(() -> Optional.ofNullable(INSTEAD.get(name)));
    }

    private static Optional<String> advice(Map<String, String> table, String name) {
        return Optional.ofNullable(table.get(name))
                .map(text -> text.isEmpty()
                        ? "Espalier has no " + name + " yet"
                        : text.startsWith("leave") || text.startsWith("that is")
                                ? text
                                : "Espalier has no " + name + "; " + text);
    }

    /** The layer or loss that a function applies, whether or not there is one: {@code relu} is {@code ReLU}. */
    public static Optional<String> layerOfFunction(String name) {
        return Optional.ofNullable(LAYERS_OF_FUNCTIONS.get(name));
    }

    /** Every function that applies a layer or loss, with that, whether or not there is one. */
    public static Map<String, String> functionsOfLayers() {
        return LAYERS_OF_FUNCTIONS;
    }

    /** Advice for a function or a method of tensors that is no layer: {@code view}. */
    public static Optional<String> ofFunction(String name) {
        return advice(FUNCTIONS, name);
    }

    /** Tells whether PyTorch keeps layers and functions behind a name and a dot. */
    public static boolean isNamespace(String owner) {
        return NAMESPACES.contains(owner);
    }

    /**
     * Advice for an argument that a callee does not have.
     *
     * @param value what was written for it
     */
    public static Optional<String> ofArgument(String callee, String name, String value) {
        return Stream.of(callee + "." + name, name)
                .flatMap(key -> ARGUMENTS.entrySet().stream()
                        .filter(entry -> argument(entry.getKey()).equals(key)))
                .findFirst()
                .map(entry -> {
                    String usual =
                            entry.getKey().substring(argument(entry.getKey()).length());
                    return usual.equalsIgnoreCase("=" + value)
                            ? "leave it out: " + name + "=" + value + " changes nothing"
                            : entry.getValue().isEmpty() ? "Espalier has no " + name + " yet" : entry.getValue();
                });
    }

    private static String argument(String key) {
        return key.split("=", 2)[0];
    }

    /** Advice for an argument of which a callee supports the default alone. */
    public static Optional<String> ofValue(String callee, String name) {
        return Optional.ofNullable(VALUES.get(callee + "." + name)).or(() -> Optional.ofNullable(VALUES.get(name)));
    }

    /** Advice for an argument that a callee needs, and a call does not give. */
    public static Optional<String> ofMissing(String callee, String name) {
        return Optional.ofNullable(REQUIRED.get(callee + "." + name));
    }

    /** Advice for a name behind the dot of a tensor or of a module, which means something else here. */
    public static Optional<String> ofMethod(String name) {
        return Optional.ofNullable(METHODS.get(name));
    }

    /** Advice for an operator between values of which one is a tensor. */
    public static Optional<String> ofOperator(String symbol) {
        return Optional.ofNullable(OPERATORS.get(symbol));
    }

    /** Advice for a layer's class that is called as if it were the layer: {@code ReLU(x)}. */
    public static String ofTensorAsArgument(String callee, boolean takesArguments, String argument) {
        String tensor = WORD.matcher(argument).matches() ? argument : "x";
        return "make the layer, then call it: " + callee + "(" + (takesArguments ? "…" : "") + ")(" + tensor + ")";
    }

    /** The classes that the tables explain: none that there is. */
    public static List<String> explained() {
        return Stream.concat(MISSING.keySet().stream(), INSTEAD.keySet().stream())
                .toList();
    }

    /** The functions and methods that the tables explain: none that there is. */
    public static Set<String> explainedFunctions() {
        return FUNCTIONS.keySet();
    }

    /** Every advice, for what it names must be there. */
    public static Stream<String> advices() {
        return Stream.of(MISSING, INSTEAD, FUNCTIONS, ARGUMENTS, VALUES, REQUIRED, METHODS, OPERATORS)
                .flatMap(table -> table.values().stream());
    }
}
