"""A person who signs in."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class People(BaseUserManager["Person"]):
    """Makes people."""

    def create_user(self, sign_in: str, name: str, password: str | None = None) -> Person:
        """A person who can sign in; without a password only by the city's single sign-on."""
        person = Person(sign_in=sign_in, name=name)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody with an account; what they may do stands in the roles that they hold."""

    sign_in = models.CharField("登录名", max_length=150, unique=True)
    name = models.CharField("姓名", max_length=100)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("可登录", default=True)

    objects = People()
    USERNAME_FIELD = "sign_in"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name
