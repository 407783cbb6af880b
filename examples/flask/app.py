import jieba
import jieba.analyse
from flask import Flask, request

app = Flask(__name__)
app.json.ensure_ascii = False

TEXT = (
    "云计算的发展让开发者不再关心服务器的采购和运维。函数计算按照请求的次数和运行的时间计费，"
    "没有请求的时候不产生费用，请求突然增多的时候平台会自动扩容。"
    "传统的框架运行在服务器上，迁移到函数计算需要把网关的事件转换成框架的请求。"
    "框架越大，函数的冷启动时间越长，所以应该把计算量大的接口拆分成独立的函数。"
    "静态文件和上传的文件应该放在对象存储里，不经过函数。"
)


@app.get("/hello/<name>")
def hello_path(name):
    return f"hello {name}\n"


@app.post("/hello")
def hello_form():
    return f"hello {request.form['name']}\n"


@app.get("/hello")
def hello_query():
    return f"hello {request.args['name']}\n"


@app.route("/jieba", methods=["GET", "POST"])
def segment():
    text = request.values.get("text", TEXT)
    return {
        "cut": jieba.lcut(text),
        "tfidf": jieba.analyse.extract_tags(text, topK=20, withWeight=True),
        "textrank": jieba.analyse.textrank(text, topK=20, withWeight=True),
    }


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
