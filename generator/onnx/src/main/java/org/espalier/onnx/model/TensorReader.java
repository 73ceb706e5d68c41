package org.espalier.onnx.model;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.weights.NumberConversion;
import org.jspecify.annotations.Nullable;

/**
 * Reads the numbers of {@code TensorProto} messages. Sizes are believed only as far as there are bytes for them, and
 * files beside the model are read only if they are in its folder.
 */
final class TensorReader {
    private static final int MOST_AXES = 32;

    private final @Nullable Path folder;

    /** Reads external data from this folder, or refuses it if there is none. */
    TensorReader(@Nullable Path folder) {
        this.folder = folder;
    }

    Constant read(TensorProto tensor) throws MalformedModel {
        String name = "tensor '" + tensor.getName() + "'";
        List<Long> shape = tensor.getDimsList();
        if (shape.size() > MOST_AXES) {
            throw new MalformedModel(name + " has " + shape.size() + " axes; at most " + MOST_AXES + " are supported");
        }
        long count = 1;
        for (long size : shape) {
            if (size < 0 || (size > 0 && count > Integer.MAX_VALUE / size)) {
                throw new MalformedModel(name + " has the shape " + shape + ", which no array holds");
            }
            count *= size;
        }
        return read(tensor, name, shape, (int) count);
    }

    private Constant read(TensorProto tensor, String name, List<Long> shape, int count) throws MalformedModel {
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        if (type == null) {
            throw new MalformedModel(name + " has elements of the unknown type " + tensor.getDataType());
        }
        int width = width(type);
        if (width == 0) {
            throw new MalformedModel(name + " has elements of type " + type + ", which is not supported");
        }
        boolean external = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
        if (!external && tensor.getRawData().isEmpty()) {
            return fromFields(tensor, name, shape, count, type);
        }
        ByteBuffer bytes = external
                ? external(tensor, name, (long) count * width)
                : tensor.getRawData().asReadOnlyByteBuffer();
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() != (long) count * width) {
            throw new MalformedModel(name + " of shape " + shape + " and type " + type + " needs "
                    + (long) count * width + " bytes, but has " + bytes.remaining());
        }
        return fromBytes(shape, count, type, bytes);
    }

    private static int width(TensorProto.DataType type) {
        return switch (type) {
            case BOOL, INT8, UINT8 -> 1;
            case FLOAT16, BFLOAT16, INT16, UINT16 -> 2;
            case FLOAT, INT32, UINT32 -> 4;
            case DOUBLE, INT64, UINT64 -> 8;
            default -> 0;
        };
    }

    /** The kind of elements of a type, or null if it is not supported. */
    static @Nullable ElementKind kind(int type) {
        TensorProto.DataType known = TensorProto.DataType.forNumber(type);
        if (known == null || width(known) == 0) {
            return null;
        }
        return switch (known) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> ElementKind.REAL;
            case BOOL -> ElementKind.TRUTH;
            default -> ElementKind.WHOLE;
        };
    }

    private static Constant fromBytes(List<Long> shape, int count, TensorProto.DataType type, ByteBuffer bytes) {
        if (kind(type.getNumber()) == ElementKind.REAL) {
            if (type == TensorProto.DataType.DOUBLE) {
                double[] numbers = new double[count];
                bytes.asDoubleBuffer().get(numbers);
                return Constant.ofDoubles(shape, numbers);
            }
            float[] numbers = new float[count];
            if (type == TensorProto.DataType.FLOAT) {
                bytes.asFloatBuffer().get(numbers);
            } else {
                for (int i = 0; i < count; i++) {
                    numbers[i] = half(bytes.getShort(), type);
                }
            }
            return Constant.ofFloats(shape, numbers);
        }
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = switch (type) {
                case INT8 -> bytes.get();
                case INT16 -> bytes.getShort();
                case UINT16 -> Short.toUnsignedLong(bytes.getShort());
                case INT32 -> bytes.getInt();
                case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
                case INT64, UINT64 -> bytes.getLong();
                default -> Byte.toUnsignedLong(bytes.get());
            };
        }
        return type == TensorProto.DataType.BOOL
                ? Constant.ofTruths(shape, numbers)
                : Constant.ofWholes(shape, numbers);
    }

    private static Constant fromFields(
            TensorProto tensor, String name, List<Long> shape, int count, TensorProto.DataType type)
            throws MalformedModel {
        int found = switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            case INT64 -> tensor.getInt64DataCount();
            case UINT32, UINT64 -> tensor.getUint64DataCount();
            default -> tensor.getInt32DataCount();
        };
        if (found != count) {
            throw new MalformedModel(name + " of shape " + shape + " needs " + count + " numbers, but has " + found);
        }
        if (kind(type.getNumber()) == ElementKind.REAL) {
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = switch (type) {
                    case FLOAT -> tensor.getFloatData(i);
                    case DOUBLE -> tensor.getDoubleData(i);
                    default -> half((short) tensor.getInt32Data(i), type);
                };
            }
            return Constant.ofDoubles(shape, numbers);
        }
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = switch (type) {
                case INT64 -> tensor.getInt64Data(i);
                case UINT32, UINT64 -> tensor.getUint64Data(i);
                default -> tensor.getInt32Data(i);
            };
        }
        return type == TensorProto.DataType.BOOL
                ? Constant.ofTruths(shape, numbers)
                : Constant.ofWholes(shape, numbers);
    }

    private static float half(short bits, TensorProto.DataType type) {
        if (type == TensorProto.DataType.BFLOAT16) {
            return Float.intBitsToFloat(bits << 16);
        }
        return NumberConversion.half(bits);
    }

    private ByteBuffer external(TensorProto tensor, String name, long length) throws MalformedModel {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.getOrDefault("location", "");
        if (folder == null) {
            throw new MalformedModel(
                    name + " is in the file '" + location + "', but the model was not read from a folder");
        }
        try {
            Path file = folder.resolve(location).normalize();
            if (location.isEmpty() || !folder.normalize().equals(file.getParent())) {
                throw new MalformedModel(
                        name + " is in '" + location + "', which is not a file in the folder of the model");
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new MalformedModel(
                        name + " is in '" + location + "', but there is no such file beside the model");
            }
            long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
            long given = Long.parseLong(entries.getOrDefault("length", Long.toString(length)));
            try (FileChannel channel = FileChannel.open(file)) {
                if (offset < 0 || given != length || offset > channel.size() - length) {
                    throw new MalformedModel(name + " should be the " + length + " bytes from " + offset + " on of '"
                            + location + "', which has " + channel.size() + " bytes, but the model says " + given);
                }
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
                while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) > 0) {}
                return bytes.flip();
            }
        } catch (IOException | InvalidPathException | NumberFormatException | ArithmeticException failure) {
            throw new MalformedModel(name + " cannot be read from '" + location + "': " + failure.getMessage());
        }
    }
}
