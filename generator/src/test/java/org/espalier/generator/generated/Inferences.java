package org.espalier.generator.generated;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A generated inference class at work, which tests call without knowing its inputs. */
final class Inferences {
    private final Object network;
    private final Method predict;

    Inferences(Class<?> type, Path weights) {
        this.network = call(method(type, "load", Path.class), null, weights);
        this.predict = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("predict"))
                .findFirst()
                .orElseThrow();
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        try {
            return type.getMethod(name, parameters);
        } catch (NoSuchMethodException missing) {
            throw new AssertionError(missing);
        }
    }

    private static Object call(Method method, Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** Predicts for inputs on ND4J; there is one array for each output. */
    List<float[]> predict(INDArray... inputs) {
        Object[] arguments = new Object[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            boolean whole = predict.getParameterTypes()[i] == int[].class;
            INDArray input = inputs[i].dup('c');
            arguments[i] = whole
                    ? input.castTo(DataType.INT32).data().asInt()
                    : input.castTo(DataType.FLOAT).data().asFloat();
        }
        Object result = call(predict, network, arguments);
        if (result instanceof float[] only) {
            return List.of(only);
        }
        List<float[]> results = new ArrayList<>();
        for (Field output : result.getClass().getDeclaredFields()) {
            if (!output.isSynthetic()) {
                results.add((float[]) call(method(result.getClass(), output.getName()), result));
            }
        }
        return results;
    }
}
