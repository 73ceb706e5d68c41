package com.example.basic;

final class UsesLine {
    private final Class<Line> network = Line.class;
}
