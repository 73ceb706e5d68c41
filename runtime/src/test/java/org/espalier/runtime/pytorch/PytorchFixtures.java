package org.espalier.runtime.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.pytorch.LayerCase.Tensor;
import org.espalier.runtime.pytorch.UpdateCase.OptimizerArguments;
import org.espalier.runtime.pytorch.UpdateCase.Term;
import org.espalier.runtime.pytorch.UpdateCase.Trajectory;

/**
 * Results that PyTorch computed, for tests to compare with. {@code src/test/python/pytorch_fixtures.py} wrote them and
 * says what each case is in PyTorch's words.
 */
public final class PytorchFixtures {
    private static final int STEPS = 5;

    private static final List<String> UPDATES = List.of(
            "sgd",
            "sgd-momentum",
            "sgd-dampening",
            "sgd-nesterov",
            "adam",
            "adam-pix2pix",
            "adamw",
            "rmsprop",
            "rmsprop-momentum",
            "rmsprop-centered",
            "adagrad",
            "adagrad-lr-decay",
            "adam-amsgrad",
            "adadelta",
            "adamax",
            "nadam",
            "radam",
            "expressions",
            "transposed",
            "clipping",
            "schedules",
            "proximal",
            "max-norm",
            "decay",
            "nonfinite");

    private PytorchFixtures() {}

    /** Steps of optimizers under penalties, from all files of {@code optim/pytorch}. */
    public static List<UpdateCase> updates() {
        List<UpdateCase> cases = new ArrayList<>();
        for (String name : UPDATES) {
            String file = name + ".json";
            Json fixture = read("optim/pytorch/" + file);
            for (Json one : fixture.get("cases").items()) {
                cases.add(update(file, one, fixture.get("parameters").items()));
            }
        }
        return cases;
    }

    /** Layers or losses forward and backward, {@code layers("conv2d")} from {@code kernel/pytorch/conv2d.json}. */
    public static List<LayerCase> layers(String name) {
        return read("kernel/pytorch/" + name + ".json").get("cases").items().stream()
                .map(PytorchFixtures::layer)
                .toList();
    }

    private static UpdateCase update(String file, Json one, List<Json> parameters) {
        List<Trajectory> trajectories = new ArrayList<>();
        for (Json parameter : parameters) {
            String name = parameter.get("name").text();
            if (one.get("weights").has(name)) {
                trajectories.add(trajectory(one, parameter, name));
            }
        }
        Json optimizer = one.get("optimizer");
        return new UpdateCase(
                file,
                one.get("name").text(),
                new OptimizerArguments(
                        optimizer.get("name").text(),
                        eachStep(optimizer.get("lr")),
                        numbers(optimizer),
                        flags(optimizer)),
                clip(one, "norm"),
                clip(one, "value"),
                one.get("terms").items().stream().map(PytorchFixtures::term).toList(),
                trajectories);
    }

    private static Trajectory trajectory(Json one, Json parameter, String name) {
        Map<String, float[]> state = new LinkedHashMap<>();
        if (one.has("state")) {
            Json numbers = one.get("state").get(name);
            numbers.names().forEach(key -> state.put(key, numbers.get(key).floats()));
        }
        return new Trajectory(
                name,
                parameter.get("shape").longs(),
                parameter.get("initial").floats(),
                parameter.get("gradients").items().stream().map(Json::floats).toList(),
                one.get("penalties").get(name).doubles(),
                one.get("weights").get(name).items().stream().map(Json::floats).toList(),
                one.get("double").get(name).doubles(),
                state);
    }

    private static Term term(Json term) {
        return new Term(
                term.get("word").text(),
                term.has("lambda") ? eachStep(term.get("lambda")) : new double[STEPS],
                numbers(term),
                term.has("mode"),
                term.has("expression") ? term.get("expression").text() : "");
    }

    private static double[] eachStep(Json value) {
        if (value.isList()) {
            return value.doubles();
        }
        double[] same = new double[STEPS];
        Arrays.fill(same, value.number());
        return same;
    }

    private static double clip(Json one, String what) {
        return one.has("clip") && one.get("clip").has(what)
                ? one.get("clip").get(what).number()
                : Double.POSITIVE_INFINITY;
    }

    private static LayerCase layer(Json one) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Json given = one.get("tensors");
        for (String name : given.names()) {
            Json tensor = given.get(name);
            tensors.put(
                    name,
                    new Tensor(tensor.get("shape").longs(), tensor.get("values").floats()));
        }
        Json arguments = one.get("arguments");
        Map<String, Double> numbers = numbers(arguments);
        flags(arguments).forEach(flag -> numbers.put(flag, 1.0));
        String result = one.has("loss") ? "loss" : "penalty";
        return new LayerCase(
                one.get("name").text(),
                numbers,
                words(arguments),
                tensors,
                one.has(result) ? one.get(result).number() : Double.NaN);
    }

    private static Map<String, Double> numbers(Json arguments) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String name : arguments.names()) {
            Json value = arguments.get(name);
            if (value.isList()) {
                double[] items = value.doubles();
                for (int i = 0; i < items.length; i++) {
                    numbers.put(name + "[" + i + "]", items[i]);
                }
            } else if (value.isNumber()) {
                numbers.put(name, value.number());
            }
        }
        return numbers;
    }

    private static Map<String, String> words(Json arguments) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String name : arguments.names()) {
            if (!arguments.get(name).isList() && !arguments.get(name).isNumber()) {
                words.put(name, arguments.get(name).text());
            }
        }
        return words;
    }

    private static List<String> flags(Json arguments) {
        return words(arguments).entrySet().stream()
                .filter(word -> word.getValue().equals("true"))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A fixture as it is. */
    public static Json read(String resource) {
        try (InputStream in = PytorchFixtures.class.getResourceAsStream("/org/espalier/runtime/" + resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + resource
                        + " on the class path; src/test/python/pytorch_fixtures.py writes them");
            }
            return Json.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
