package org.espalier.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange;
import org.espalier.runtime.NetworkExchange.Standing;

/**
 * Adds a network's predictions to a data frame, as a stage of a Spark ML pipeline: a column of arrays of floats.
 *
 * <pre>
 *   Dataset&lt;Row&gt; predicted = new NetworkTransformer&lt;&gt;(net, model, fields, "logits").transform(frame);
 * </pre>
 *
 * <p>It has the weights that the network had when it was made. It is made by a program, not read from a folder as
 * stages that Spark writes are: keep the weights with {@link Network#save}.
 *
 * @param <N> the generated class
 */
public final class NetworkTransformer<N extends Network> extends Transformer {
    private static final long serialVersionUID = 1;

    private final String uid;
    private final Standing standing;
    private final SparkModel<N> model;
    private final ExampleFields fields;
    private final String outputColumn;
    private final int batchSize;

    /**
     * Of a network as it is now, predicting for 256 rows at a time.
     *
     * @param fields of which the inputs are read, each with its columns, see {@link Field#from}
     * @param outputColumn name of the new column
     */
    public NetworkTransformer(N network, SparkModel<N> model, ExampleFields fields, String outputColumn) {
        this(
                Identifiable$.MODULE$.randomUID("network"),
                new NetworkExchange(network).standing(false),
                model,
                fields.withoutTargets(),
                outputColumn,
                256);
    }

    private NetworkTransformer(
            String uid,
            Standing standing,
            SparkModel<N> model,
            ExampleFields fields,
            String outputColumn,
            int batchSize) {
        this.uid = uid;
        this.standing = standing;
        this.model = model;
        this.fields = fields;
        this.outputColumn = outputColumn;
        this.batchSize = batchSize;
    }

    /**
     * The same with another number of rows that are predicted at a time.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public NetworkTransformer<N> batchSize(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("batch size must be at least 1, but is " + rows);
        }
        return new NetworkTransformer<>(uid, standing, model, fields, outputColumn, rows);
    }

    @Override
    public String uid() {
        return uid;
    }

    /**
     * Adds the column.
     *
     * @throws IllegalArgumentException if there is a column of that name, or one that the network reads is missing
     */
    @Override
    public StructType transformSchema(StructType schema) {
        List<String> names = Arrays.asList(schema.fieldNames());
        if (names.contains(outputColumn)) {
            throw new IllegalArgumentException("expected no column '" + outputColumn + "' yet, found " + names);
        }
        RowReader.requireColumns(fields, schema);
        return schema.add(outputColumn, new ArrayType(DataTypes.FloatType, false), false);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        RowReader reader = new RowReader(fields, dataset.schema());
        Broadcast<Standing> sent = JavaSparkContext.fromSparkContext(
                        dataset.sparkSession().sparkContext())
                .broadcast(standing);
        PredictTask<N> task = new PredictTask<>(uid, model, fields, batchSize, sent);
        MapPartitionsFunction<Row, Row> predict =
                rows -> task.over(rows, reader::example, NetworkTransformer::withOutput);
        return dataset.toDF().mapPartitions(predict, Encoders.row(schema));
    }

    private static Row withOutput(Row row, float[] output) {
        Object[] values = new Object[row.length() + 1];
        for (int i = 0; i < row.length(); i++) {
            values[i] = row.get(i);
        }
        values[row.length()] = output;
        return RowFactory.create(values);
    }

    @Override
    public Transformer copy(ParamMap extra) {
        return copyValues(new NetworkTransformer<>(uid, standing, model, fields, outputColumn, batchSize), extra);
    }
}
