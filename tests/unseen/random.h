/* Draws that come out the same on every machine: std:: distributions differ from library to library. */
#ifndef UNSEEN_RANDOM_H
#define UNSEEN_RANDOM_H

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>

class Random
{
    uint64_t state;

  public:
    explicit Random(uint64_t seed) : state(seed)
    {
    }
    /* A stream of its own for a thing that has a name. */
    Random(uint64_t seed, const std::string &name) : state(seed)
    {
        for (unsigned char c : name)
            state = (state ^ c) * 0x100000001b3ULL + 0x9e3779b97f4a7c15ULL;
        next();
    }
    uint64_t next()
    {
        uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    double uniform()
    {
        return double(next() >> 11) / 9007199254740992.0;
    }
    double uniform(double from, double to)
    {
        return from + (to - from) * uniform();
    }
    double normal()
    {
        double u = 1 - uniform(), v = uniform();
        return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }
    double normal(double mean, double deviation)
    {
        return mean + deviation * normal();
    }
    /* Around `middle`, never below nought: 0.25 is a quarter up or down. */
    double around(double middle, double spread)
    {
        return middle * std::exp(spread * normal());
    }
    bool chance(double share)
    {
        return uniform() < share;
    }
    int below(int n)
    {
        return int(next() % uint64_t(n));
    }
    /* The index of one of these, by weight. */
    int pick(std::initializer_list<double> weights)
    {
        double sum = 0, at;
        int i = 0;
        for (double w : weights)
            sum += w;
        at = uniform() * sum;
        for (double w : weights) {
            if (at < w)
                return i;
            at -= w;
            i++;
        }
        return i - 1;
    }
};

#endif
