package com.example.basic;

import org.espalier.runtime.Init;

public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        try (Perceptron network = Perceptron.create(Init.seed(42))) {
            System.out.println(network.parameters());
        }
    }
}
