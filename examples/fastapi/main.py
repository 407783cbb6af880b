from contextlib import asynccontextmanager
from typing import Annotated

import jieba
import jieba.analyse
from fastapi import FastAPI, Form, Request
from fastapi.responses import PlainTextResponse

TEXT = (
    "云计算的发展让开发者不再关心服务器的采购和运维。函数计算按照请求的次数和运行的时间计费，"
    "没有请求的时候不产生费用，请求突然增多的时候平台会自动扩容。"
    "传统的框架运行在服务器上，迁移到函数计算需要把网关的事件转换成框架的请求。"
    "框架越大，函数的冷启动时间越长，所以应该把计算量大的接口拆分成独立的函数。"
    "静态文件和上传的文件应该放在对象存储里，不经过函数。"
)


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.greeting = "hello"
    yield


app = FastAPI(title="Hello", lifespan=lifespan)


@app.get("/hello/{name}", response_class=PlainTextResponse)
async def hello_path(request: Request, name: str) -> str:
    return f"{request.app.state.greeting} {name}\n"


@app.post("/hello", response_class=PlainTextResponse)
async def hello_form(request: Request, name: Annotated[str, Form()]) -> str:
    return f"{request.app.state.greeting} {name}\n"


@app.get("/hello", response_class=PlainTextResponse)
async def hello_query(request: Request, name: str) -> str:
    return f"{request.app.state.greeting} {name}\n"


def segment(text: str) -> dict:
    return {
        "cut": jieba.lcut(text),
        "tfidf": jieba.analyse.extract_tags(text, topK=20, withWeight=True),
        "textrank": jieba.analyse.textrank(text, topK=20, withWeight=True),
    }


@app.get("/jieba")
def segment_query(text: str = TEXT) -> dict:
    return segment(text)


@app.post("/jieba")
def segment_form(text: Annotated[str, Form()]) -> dict:
    return segment(text)
