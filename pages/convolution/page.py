"""Lesson 5, convolution: weights that are shared, from a moved digit to the gradient of a filter."""

from pages.convolution.bug_hunt import bug_lab
from pages.convolution.gradients import back_to_the_pixels, weights_of_the_filter
from pages.convolution.in_code import in_code
from pages.convolution.moved import moved_by_four_pixels
from pages.convolution.one_matrix import one_matrix
from pages.convolution.pooling import pooling
from pages.convolution.shapes import stride_and_padding
from pages.convolution.sliding import a_filter_slides
from pages.lesson.lesson import lesson
from pages.lesson.lessons import following, named_parts
from pages.lesson.practise import practise

lesson(
    "convolution",
    able=[
        "explain what a fully connected network does not know about images",
        "compute a convolution by hand, and its size from padding and stride",
        "write a convolution as a matrix product with shared weights, and derive its gradients by the chain rule",
        "explain why filters and pooling give the same answer wherever a digit lies",
    ],
    parts=named_parts(
        "convolution",
        moved_by_four_pixels,
        a_filter_slides,
        one_matrix,
        stride_and_padding,
        pooling,
        weights_of_the_filter,
        back_to_the_pixels,
        bug_lab,
        in_code,
    ),
    remember=[
        "A convolution uses the same few weights at every position. As a matrix product, its patches are the examples of a "
        "batch, and a filter is a hidden unit.",
        r"A row of $R$ pixels gives $\lfloor (R + 2 \cdot \text{padding} - Q)/\text{stride} \rfloor + 1$ sums.",
        "The gradient of a shared weight is the sum over all positions; that of a pixel is the sum over all patches that it "
        "lies in.",
        "Max pooling keeps the largest number of a window, and sends the whole gradient back to it.",
    ],
    after=practise,
    onward=following("convolution"),
)
